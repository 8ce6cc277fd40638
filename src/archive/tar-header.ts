/**
 * One tar header: 512 bytes ⇄ its fields.
 *
 * Reads   ustar, GNU and pre-POSIX headers; octal and base-256 numbers; both ways of summing the checksum.
 * Writes  ustar alone, without user and group names.
 * Source  POSIX.1-2017, pax § ustar Interchange Format; GNU tar manual, "Basic Tar Format".
 */
import type {ByteString} from './byte-string.js';
import {TarFormatError} from './errors.js';
import {readNumber, writeNumber} from './tar-number.js';

export const BLOCK = 512;

export type EntryType =
  | 'file'
  | 'hard-link'
  | 'symlink'
  | 'character-device'
  | 'block-device'
  | 'directory'
  | 'fifo';

/** What a tar says of one file. */
export interface TarHeader {
  readonly type: EntryType;
  /** As stored; a directory's ends with a slash when written. */
  readonly name: ByteString;
  /** Permission bits, setuid, setgid and sticky included. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of the file; 0 for all but files. */
  readonly size: number;
  /** Seconds; may have a fraction when read. */
  readonly mtime: number;
  readonly linkName: ByteString;
  readonly deviceMajor: number;
  readonly deviceMinor: number;
  readonly xattrs?: ReadonlyMap<string, Buffer>;
  /** Where the data stands in a sparse file; the rest of `size` is holes. */
  readonly sparse?: readonly DataSegment[];
}

export interface DataSegment {
  readonly offset: number;
  readonly length: number;
}

/** A header block as it stands, before extended headers are laid over it. */
export interface RawHeader {
  typeFlag: string;
  name: ByteString;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  mtime: number;
  linkName: ByteString;
  deviceMajor: number;
  deviceMinor: number;
}

export const MTIME_FIELD = {offset: 136, length: 12, name: 'mtime'} as const;
const CHECKSUM_OFFSET = 148;

export const isZeroBlock = (block: Buffer): boolean => {
  for (let index = 0; index < BLOCK; index += 8) {
    if (
      block[index] !== 0 ||
      block.readUInt32LE(index) !== 0 ||
      block.readUInt32LE(index + 4) !== 0
    ) {
      return false;
    }
  }
  return true;
};

/** Throws TarFormatError where the checksum or a number is wrong; `at` is the block's offset in the archive. */
export function parseHeader(block: Buffer, at: number): RawHeader {
  verifyChecksum(block, at);
  const number = (from: number, length: number) =>
    readNumber(block.subarray(from, from + length), at);
  const magic = block.toString('latin1', 257, 265);
  const ustar = magic.startsWith('ustar\0');
  const gnu = magic.startsWith('ustar ');
  const prefix = ustar ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const typeFlag = String.fromCharCode(block[156] as number);
  const device = typeFlag === '3' || typeFlag === '4';
  return {
    typeFlag,
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(100, 8),
    uid: number(108, 8),
    gid: number(116, 8),
    size: number(124, 12),
    mtime: number(MTIME_FIELD.offset, MTIME_FIELD.length),
    linkName: text(block, 157, 100),
    deviceMajor: device && (ustar || gnu) ? number(329, 8) : 0,
    deviceMinor: device && (ustar || gnu) ? number(337, 8) : 0,
  };
}

function text(block: Buffer, from: number, length: number): ByteString {
  let end = from;
  while (end < from + length && block[end] !== 0) end++;
  return block.toString('latin1', from, end);
}

function verifyChecksum(block: Buffer, at: number): void {
  const want = readNumber(block.subarray(CHECKSUM_OFFSET, CHECKSUM_OFFSET + 8), at);
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let index = 0; index < BLOCK; index++) {
    if (index === CHECKSUM_OFFSET) index += 8;
    const byte = block[index] as number;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  // Old Suns summed signed characters.
  if (want !== unsigned && want !== signed) {
    throw new TarFormatError(`want header checksum ${unsigned}, got ${want}`, at);
  }
}

const typeFlags: Readonly<Record<EntryType, number>> = {
  file: 0x30,
  'hard-link': 0x31,
  symlink: 0x32,
  'character-device': 0x33,
  'block-device': 0x34,
  directory: 0x35,
  fifo: 0x36,
};

/**
 * Writes one block at `offset`. Name and link name are cut to what the block holds, and numbers out of octal range
 * become base-256: what must stay exact is also in an extended header (tar-writer.ts).
 */
export function writeHeaderBlock(
  target: Buffer,
  offset: number,
  header: Omit<TarHeader, 'type'> & {readonly type: EntryType | 'extended'},
): void {
  target.fill(0, offset, offset + BLOCK);
  writeName(target, offset, header.name);
  const number = (at: number, length: number, field: 'mode' | 'uid' | 'gid' | 'size' | 'mtime') =>
    writeNumber(target, header[field], {offset: offset + at, length, name: field});
  number(100, 8, 'mode');
  number(108, 8, 'uid');
  number(116, 8, 'gid');
  number(124, 12, 'size');
  number(MTIME_FIELD.offset, MTIME_FIELD.length, 'mtime');
  target[offset + 156] = header.type === 'extended' ? 0x78 : typeFlags[header.type];
  target.write(header.linkName, offset + 157, 100, 'latin1');
  target.write('ustar\x0000', offset + 257, 8, 'latin1');
  if (header.type === 'character-device' || header.type === 'block-device') {
    writeNumber(target, header.deviceMajor, {offset: offset + 329, length: 8, name: 'major'});
    writeNumber(target, header.deviceMinor, {offset: offset + 337, length: 8, name: 'minor'});
  }
  writeChecksum(target, offset);
}

function writeName(target: Buffer, offset: number, name: ByteString): void {
  const split = splitName(name);
  if (split === undefined) {
    target.write(name, offset, 100, 'latin1');
    return;
  }
  target.write(name.slice(split + 1), offset, 100, 'latin1');
  if (split > 0) target.write(name.slice(0, split), offset + 345, 155, 'latin1');
}

/** Where a name divides into prefix and name: the index of the slash, -1 for no prefix, undefined when it does not fit. */
export function splitName(name: ByteString): number | undefined {
  if (name.length <= 100) return -1;
  if (name.length > 256) return undefined;
  const slash = name.indexOf('/', name.length - 101);
  return slash > 0 && slash <= 155 && slash < name.length - 1 ? slash : undefined;
}

/** Sums the block anew, after a field of it changed. */
export function writeChecksum(target: Buffer, offset: number): void {
  target.fill(0x20, offset + CHECKSUM_OFFSET, offset + CHECKSUM_OFFSET + 8);
  let sum = 0;
  for (let index = offset; index < offset + BLOCK; index++) sum += target[index] as number;
  for (let index = CHECKSUM_OFFSET + 5; index >= CHECKSUM_OFFSET; index--) {
    target[offset + index] = 0x30 + (sum & 7);
    sum >>>= 3;
  }
  target[offset + CHECKSUM_OFFSET + 6] = 0;
}

/** Sets the time of a block that was written with time 0, as `writeHeaderBlock` would have written it. */
export function setModificationTime(target: Buffer, offset: number, mtime: number): void {
  writeNumber(target, mtime, {...MTIME_FIELD, offset: offset + MTIME_FIELD.offset});
  writeChecksum(target, offset);
}
