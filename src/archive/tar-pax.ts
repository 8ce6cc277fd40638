/**
 * PAX extended header records: `<length> <keyword>=<value>\n`, the length counting itself.
 *
 * Values are bytes: keyword and value are byte strings here, so a name that is not UTF-8 passes through.
 * Source  POSIX.1-2017, pax § pax Extended Header.
 */
import type {ByteString} from './byte-string.js';
import {TarFormatError} from './errors.js';

export const XATTR_PREFIX = 'SCHILY.xattr.';

/** In order of appearance; a keyword may come twice (GNU.sparse 0.0 repeats its own). */
export type PaxRecord = readonly [keyword: ByteString, value: ByteString];

/** `at` is the archive's offset of the extended header, for the message. */
export function parsePax(data: Buffer, at: number): PaxRecord[] {
  const records: PaxRecord[] = [];
  let from = 0;
  while (from < data.length) {
    // Some writers pad the last record with NUL.
    if (data[from] === 0) break;
    const space = data.indexOf(0x20, from);
    const digits = space < 0 ? '' : data.toString('latin1', from, space);
    const length = /^[1-9][0-9]{0,9}$/.test(digits) ? Number(digits) : 0;
    const end = from + length;
    const equals = data.indexOf(0x3d, space);
    if (end <= space + 1 || end > data.length || data[end - 1] !== 0x0a) {
      throw new TarFormatError('malformed pax record', at);
    }
    if (equals < 0 || equals >= end) throw new TarFormatError('pax record without =', at);
    records.push([
      data.toString('latin1', space + 1, equals),
      data.toString('latin1', equals + 1, end - 1),
    ]);
    from = end;
  }
  return records;
}

export function formatPax(records: readonly PaxRecord[]): Buffer {
  return Buffer.from(records.map(formatRecord).join(''), 'latin1');
}

function formatRecord([keyword, value]: PaxRecord): ByteString {
  const rest = keyword.length + value.length + 3;
  let length = rest + String(rest).length;
  // One more digit may lengthen the length itself.
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return `${length} ${keyword}=${value}\n`;
}
