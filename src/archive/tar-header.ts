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

/** An empty file of root's without permissions: what headers are made from where little is to say. */
export const blankHeader: Omit<TarHeader, 'name'> = {
  type: 'file',
  mode: 0,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
  linkName: '',
  deviceMajor: 0,
  deviceMinor: 0,
};

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
    mtime: number(136, 12),
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

const MODE = {offset: 100, length: 8, name: 'mode'};
const UID = {offset: 108, length: 8, name: 'uid'};
const GID = {offset: 116, length: 8, name: 'gid'};
const SIZE = {offset: 124, length: 12, name: 'size'};
const MTIME = {offset: 136, length: 12, name: 'mtime'};
const MAJOR = {offset: 329, length: 8, name: 'device major'};
const MINOR = {offset: 337, length: 8, name: 'device minor'};
const EXTENDED = 0x78;

/**
 * Writes one block at `offset`. Name and link name are cut to what the block holds, and numbers out of octal range
 * become base-256: what must stay exact is also in an extended header (tar-writer.ts).
 */
export function writeHeaderBlock(
  target: Buffer,
  offset: number,
  header: TarHeader,
  as: {readonly mtime?: number; readonly extended?: boolean} = {},
): void {
  const {type, linkName} = header;
  target.fill(0, offset, offset + BLOCK);
  writeName(target, offset, header.name);
  writeNumber(target, offset, MODE, header.mode);
  writeNumber(target, offset, UID, header.uid);
  writeNumber(target, offset, GID, header.gid);
  writeNumber(target, offset, SIZE, header.size);
  writeNumber(target, offset, MTIME, as.mtime ?? header.mtime);
  target[offset + 156] = as.extended === true ? EXTENDED : typeFlags[type];
  if (linkName !== '') target.write(linkName, offset + 157, 100, 'latin1');
  target.write('ustar\x0000', offset + 257, 8, 'latin1');
  if (type === 'character-device' || type === 'block-device') {
    writeNumber(target, offset, MAJOR, header.deviceMajor);
    writeNumber(target, offset, MINOR, header.deviceMinor);
  }
  writeChecksum(target, offset, sumBlock(target, offset, header));
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

const CHECKSUM_BLANK = 8 * 0x20;
const ZERO_TIME = 11 * 0x30;

/** Sums the parts of a block that `writeHeaderBlock` may have written; the rest is zero. */
function sumBlock(target: Buffer, offset: number, header: TarHeader): number {
  let sum = CHECKSUM_BLANK;
  const add = (from: number, to: number): void => {
    for (let index = offset + from; index < offset + to; index++) sum += target[index] as number;
  };
  add(0, Math.min(100, header.name.length));
  add(100, CHECKSUM_OFFSET);
  add(156, 157 + Math.min(100, header.linkName.length));
  add(257, 265);
  if (header.type === 'character-device' || header.type === 'block-device') add(329, 345);
  if (header.name.length > 100) add(345, 500);
  return sum;
}

function writeChecksum(target: Buffer, offset: number, sum: number): void {
  let rest = sum;
  for (let index = offset + CHECKSUM_OFFSET + 5; index >= offset + CHECKSUM_OFFSET; index--) {
    target[index] = 0x30 + (rest & 7);
    rest >>>= 3;
  }
  target[offset + CHECKSUM_OFFSET + 6] = 0;
  target[offset + CHECKSUM_OFFSET + 7] = 0x20;
}

/** Sets the time of a block that was written with time 0, as `writeHeaderBlock` would have written it. */
export function setModificationTime(target: Buffer, offset: number, mtime: number): void {
  writeNumber(target, offset, MTIME, mtime);
  const checksum = offset + CHECKSUM_OFFSET;
  let sum = 0;
  for (let index = checksum; index < checksum + 6; index++) {
    sum = sum * 8 + (target[index] as number) - 0x30;
  }
  sum -= ZERO_TIME;
  for (let index = offset + MTIME.offset; index < checksum; index++) sum += target[index] as number;
  writeChecksum(target, offset, sum);
}
