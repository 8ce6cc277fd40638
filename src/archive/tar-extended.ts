/**
 * What stands before an entry (PAX records, GNU long names) laid over its header.
 *
 * Global PAX headers are read over and ignored, as Go's archive/tar and so docker do.
 */
import type {ByteString} from './byte-string.js';
import {TarFormatError} from './errors.js';
import type {EntryType, RawHeader, TarHeader} from './tar-header.js';
import {type PaxRecord, XATTR_PREFIX} from './tar-pax.js';
import {decimal, type PaxSparse} from './tar-sparse.js';

/** Collected from the headers before the entry. */
export interface Extensions {
  pax: readonly PaxRecord[];
  longName: ByteString | undefined;
  longLink: ByteString | undefined;
}

/** A header with nothing left to look up; `stored` is the bytes of data behind it. */
export interface ResolvedHeader extends TarHeader {
  readonly stored: number;
}

const types: Readonly<Record<string, EntryType>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hard-link',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

export function resolveHeader(
  raw: RawHeader,
  extensions: Extensions,
  sparse: PaxSparse | undefined,
  at: number,
): ResolvedHeader {
  const pax = new Map(extensions.pax);
  const name = sparse?.name ?? pax.get('path') ?? extensions.longName ?? raw.name;
  const size = integer(pax, 'size', raw.size, at);
  const type = typeOf(raw.typeFlag, name, at);
  if (size < 0) throw new TarFormatError(`negative size ${size}`, at);
  // A hard link may carry its file's size and no data; others without data keep theirs to skip.
  const stored = type === 'file' || type === 'directory' ? size : storedOf(raw.typeFlag, size);
  const xattrs = xattrsOf(extensions.pax);
  return {
    type,
    name,
    mode: raw.mode & 0o7777,
    uid: identity(integer(pax, 'uid', raw.uid, at), at),
    gid: identity(integer(pax, 'gid', raw.gid, at), at),
    size: type === 'file' ? (sparse?.size ?? size) : 0,
    mtime: seconds(pax.get('mtime'), raw.mtime, at),
    linkName: pax.get('linkpath') ?? extensions.longLink ?? raw.linkName,
    deviceMajor: raw.deviceMajor,
    deviceMinor: raw.deviceMinor,
    stored,
    ...(xattrs === undefined ? {} : {xattrs}),
  };
}

function typeOf(flag: string, name: ByteString, at: number): EntryType {
  const type = types[flag];
  if (type === undefined)
    throw new TarFormatError(`unknown entry type ${JSON.stringify(flag)}`, at);
  // Before POSIX a directory was a file whose name ends with a slash.
  return type === 'file' && name.endsWith('/') && (flag === '\0' || flag === '0')
    ? 'directory'
    : type;
}

const storedOf = (flag: string, size: number): number => ('123456'.includes(flag) ? 0 : size);

function integer(pax: Map<string, string>, key: string, raw: number, at: number): number {
  const text = pax.get(key);
  return text === undefined || text === '' ? raw : decimal(text, at);
}

function identity(value: number, at: number): number {
  // -1 means "leave as is" to chown(2).
  if (value < 0 || value > 0xfffffffe) throw new TarFormatError(`id ${value} out of range`, at);
  return value;
}

function seconds(text: string | undefined, raw: number, at: number): number {
  if (text === undefined || text === '') return raw;
  if (!/^-?[0-9]{1,15}(\.[0-9]*)?$/.test(text)) {
    throw new TarFormatError(`want a time, got ${JSON.stringify(text)}`, at);
  }
  return Number(text);
}

function xattrsOf(records: readonly PaxRecord[]): Map<string, Buffer> | undefined {
  let xattrs: Map<string, Buffer> | undefined;
  for (const [keyword, value] of records) {
    if (!keyword.startsWith(XATTR_PREFIX)) continue;
    xattrs ??= new Map();
    xattrs.set(keyword.slice(XATTR_PREFIX.length), Buffer.from(value, 'latin1'));
  }
  return xattrs;
}
