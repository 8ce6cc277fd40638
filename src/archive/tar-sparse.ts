/**
 * Sparse files in tar: where the stored data belongs in the file.
 *
 * Reads   GNU's old format (type S: map in the header and in blocks behind it) and the PAX formats 0.0, 0.1 and 1.0.
 * Source  GNU tar manual, "Storing Sparse Files".
 */
import {TarFormatError, TarLimitError} from './errors.js';
import {BLOCK, type DataSegment} from './tar-header.js';
import {readNumber} from './tar-number.js';
import type {PaxRecord} from './tar-pax.js';

export const MAX_SEGMENTS = 1_000_000;

/** One block's worth of an old GNU map, and whether a further block continues it. */
export function oldSparseMap(
  block: Buffer,
  at: number,
  where: {from: number; entries: number},
): {segments: DataSegment[]; more: boolean} {
  const segments: DataSegment[] = [];
  for (let index = 0; index < where.entries; index++) {
    const from = where.from + index * 24;
    if (block[from] === 0) break;
    segments.push({
      offset: readNumber(block.subarray(from, from + 12), at),
      length: readNumber(block.subarray(from + 12, from + 24), at),
    });
  }
  return {segments, more: block[where.from + where.entries * 24] !== 0};
}

export const OLD_SPARSE_HEADER = {from: 386, entries: 4};
export const OLD_SPARSE_BLOCK = {from: 0, entries: 21};

/** The size of the whole file in an old GNU sparse header. */
export const oldSparseSize = (block: Buffer, at: number): number =>
  readNumber(block.subarray(483, 495), at);

export interface PaxSparse {
  readonly name: string | undefined;
  readonly size: number;
  /** Absent in format 1.0, whose map is the beginning of the data. */
  readonly segments: readonly DataSegment[] | undefined;
}

/** Undefined when the records speak of no sparse file. */
export function paxSparse(records: readonly PaxRecord[], at: number): PaxSparse | undefined {
  const last = new Map(records);
  const version = last.get('GNU.sparse.major');
  const size = last.get('GNU.sparse.realsize') ?? last.get('GNU.sparse.size');
  if (size === undefined) return undefined;
  const name = last.get('GNU.sparse.name');
  if (version === '1') return {name, size: decimal(size, at), segments: undefined};
  const map = last.get('GNU.sparse.map');
  const numbers =
    map === undefined
      ? records
          .filter(([key]) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes')
          .map(([, value]) => value)
      : map.split(',').filter((text) => text !== '');
  return {name, size: decimal(size, at), segments: pairs(numbers, at)};
}

/** The map that begins the data of format 1.0: decimal lines, padded to a block. Undefined while lines are missing. */
export function leadingMap(
  data: Buffer,
  at: number,
): {segments: DataSegment[]; bytes: number} | undefined {
  const numbers: string[] = [];
  let wanted: number | undefined;
  let from = 0;
  while (wanted === undefined || numbers.length < wanted * 2) {
    const end = data.indexOf(0x0a, from);
    if (end < 0) return undefined;
    const line = data.toString('latin1', from, end);
    if (wanted === undefined) wanted = decimal(line, at);
    else numbers.push(line);
    if (wanted > MAX_SEGMENTS) throw new TarLimitError('sparse map', MAX_SEGMENTS, wanted);
    from = end + 1;
  }
  const bytes = Math.ceil(from / BLOCK) * BLOCK;
  return data.length < bytes ? undefined : {segments: pairs(numbers, at), bytes};
}

function pairs(numbers: readonly string[], at: number): DataSegment[] {
  if (numbers.length % 2 !== 0) throw new TarFormatError('odd sparse map', at);
  const segments: DataSegment[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    segments.push({
      offset: decimal(numbers[index] as string, at),
      length: decimal(numbers[index + 1] as string, at),
    });
  }
  return segments;
}

export function decimal(text: string, at: number): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) {
    throw new TarFormatError(`want a decimal number, got ${JSON.stringify(text)}`, at);
  }
  return value;
}

/** Throws unless the segments ascend, stay inside the file and add up to the stored bytes. */
export function checkSparse(
  segments: readonly DataSegment[],
  sizes: {readonly file: number; readonly stored: number},
  at: number,
): void {
  let end = 0;
  let sum = 0;
  for (const {offset, length} of segments) {
    if (offset < end || length < 0 || offset + length > sizes.file) {
      throw new TarFormatError('sparse map out of order or out of the file', at);
    }
    end = offset + length;
    sum += length;
  }
  if (sum !== sizes.stored) {
    throw new TarFormatError(`sparse map of ${sum} bytes over ${sizes.stored} stored`, at);
  }
}
