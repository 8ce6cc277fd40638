/** What a tar says of a file, read from the file: with what could not be set on it put back in place. */
import {readlinkSync, type Stats} from 'node:fs';
import {asPath, type ByteString} from '../archive/byte-string.js';
import type {EntryType, TarHeader} from '../archive/tar-header.js';
import {deviceMajor, deviceMinor} from '../linux/node.js';
import {lgetxattr, llistxattr} from '../linux/xattr.js';
import {
  CAPABILITY_XATTR,
  isDirectory,
  isFile,
  isKeptXattr,
  NODE_XATTR,
  OPAQUE_XATTR,
  OWNER_XATTR,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
} from './overlay-form.js';

/** Its `mtime` is in whole seconds. */
export interface FileFacts extends Omit<TarHeader, 'name' | 'sparse'> {
  /** Of a directory: nothing below shows through. */
  readonly opaque: boolean;
}

const types: Readonly<Record<number, EntryType>> = {
  [S_IFREG]: 'file',
  [S_IFDIR]: 'directory',
  [S_IFLNK]: 'symlink',
  [S_IFCHR]: 'character-device',
  [S_IFBLK]: 'block-device',
  [S_IFIFO]: 'fifo',
};

/** The attributes of a file or directory that a layer has a use for; none for other files, which cannot have them. */
export function relevantXattrs(path: ByteString, stat: Stats): readonly string[] {
  if (!isFile(stat) && !isDirectory(stat)) return none;
  const names = llistxattr(asPath(path));
  return names.length === 0 ? none : names.filter(isRelevant);
}

const none: readonly string[] = [];

const isRelevant = (name: string): boolean =>
  isKeptXattr(name) ||
  name === OPAQUE_XATTR ||
  name === OWNER_XATTR ||
  name === NODE_XATTR ||
  name === CAPABILITY_XATTR;

/** Undefined for a socket, which no archive holds. `xattrs` are those `relevantXattrs` names, where that is known. */
export function readFacts(
  path: ByteString,
  stat: Stats,
  xattrs = relevantXattrs(path, stat),
): FileFacts | undefined {
  const type = types[stat.mode & S_IFMT];
  if (type === undefined) return undefined;
  const device = type === 'character-device' || type === 'block-device';
  const facts: FileFacts = {
    type,
    mode: type === 'symlink' ? 0o777 : stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    size: type === 'file' ? stat.size : 0,
    mtime: Math.floor(stat.mtimeMs / 1000),
    linkName: type === 'symlink' ? readlinkSync(asPath(path), 'latin1') : '',
    deviceMajor: device ? deviceMajor(stat.rdev) : 0,
    deviceMinor: device ? deviceMinor(stat.rdev) : 0,
    opaque: false,
  };
  return xattrs.length === 0 ? facts : withXattrs(path, facts, xattrs);
}

function withXattrs(path: ByteString, facts: FileFacts, names: readonly string[]): FileFacts {
  const kept = new Map<string, Buffer>();
  const changes: Partial<FileFacts> = {};
  for (const name of names) {
    const value = lgetxattr(asPath(path), name);
    if (value === undefined) continue;
    if (isKeptXattr(name)) kept.set(name, value);
    else if (name === CAPABILITY_XATTR) kept.set('security.capability', value);
    else Object.assign(changes, replayed(name, value.toString('latin1')));
  }
  return {...facts, ...changes, ...(kept.size === 0 ? {} : {xattrs: kept})};
}

function replayed(name: string, value: string): Partial<FileFacts> {
  switch (name) {
    case OPAQUE_XATTR:
      return {opaque: value === 'y'};
    case OWNER_XATTR: {
      const [uid = 0, gid = 0] = value.split(':').map(Number);
      return {uid, gid};
    }
    case NODE_XATTR: {
      const device = Number(value.slice(2));
      return {
        type: value.startsWith('c') ? 'character-device' : 'block-device',
        size: 0,
        deviceMajor: deviceMajor(device),
        deviceMinor: deviceMinor(device),
      };
    }
    default:
      return {};
  }
}
