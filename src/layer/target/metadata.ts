/** What a file is given, from a file that is there, and as a tar says it. */
import type {Stats} from 'node:fs';
import {asPath, type ByteString} from '../../archive/byte-string.js';
import type {EntryType, TarHeader} from '../../archive/tar-header.js';
import {lgetxattr, llistxattr} from '../../linux/xattr.js';
import {isKeptXattr, OWNER_XATTR} from '../overlay-form.js';
import type {Metadata} from './file-maker.js';

/** What a file has, as a new one like it would need it. */
export function metadataOf(path: ByteString, stat: Stats): Metadata {
  const xattrs = new Map<string, Buffer>();
  let {uid, gid} = stat;
  for (const name of llistxattr(asPath(path))) {
    const value = lgetxattr(asPath(path), name);
    if (value === undefined) continue;
    if (isKeptXattr(name)) xattrs.set(name, value);
    if (name === OWNER_XATTR) [uid, gid] = parseOwner(value);
  }
  return {
    mode: stat.mode & 0o7777,
    uid,
    gid,
    mtime: Math.floor(stat.mtimeMs / 1000),
    ...(xattrs.size === 0 ? {} : {xattrs}),
  };
}

/** What the tar says of a file that is made so. */
export function headerOf(
  file: {readonly kind: EntryType | 'source'; readonly size: number; readonly link: ByteString},
  name: ByteString,
  metadata: Metadata,
): TarHeader {
  const type = file.kind === 'source' ? 'directory' : file.kind;
  const isLink = type === 'symlink';
  const device = type === 'character-device' || type === 'block-device' ? file.link : '0:0';
  const colon = device.indexOf(':');
  const header = {
    type,
    name,
    mode: isLink ? 0o777 : metadata.mode,
    uid: metadata.uid,
    gid: metadata.gid,
    size: file.size,
    mtime: metadata.mtime,
    linkName: isLink ? file.link : '',
    deviceMajor: Number(device.slice(0, colon)),
    deviceMinor: Number(device.slice(colon + 1)),
  };
  return metadata.xattrs === undefined ? header : {...header, xattrs: metadata.xattrs};
}

/** `<uid>:<gid>`. */
function parseOwner(value: Buffer): [uid: number, gid: number] {
  const [uid = 0, gid = 0] = value.toString('latin1').split(':').map(Number);
  return [uid, gid];
}
