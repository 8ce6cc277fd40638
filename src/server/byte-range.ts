/**
 * The part of a blob that a Range header asks for.
 *
 * One range of bytes is honoured; several, other units and what cannot be read as a range mean the whole, as RFC 9110
 * § 14.2 allows. A range that no byte is in is refused, one that ends before it begins as well, for such a client is lost.
 */
import {Refusal} from './refusal.js';

export interface ByteRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
}

export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (match === null || match[0] === 'bytes=-') return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start <= end) return {start, end};
  throw new Refusal([416, 'SIZE_INVALID'], `no such range: ${match[0]} of ${size} bytes`, {
    headers: {'Content-Range': `bytes */${size}`},
  });
}
