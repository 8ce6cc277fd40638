/**
 * Numbers in tar headers: octal digits, or base-256 when the first byte has its high bit set.
 *
 * Source  POSIX.1-2017, pax § ustar Interchange Format; GNU tar manual, "Extensions".
 */
import {TarFormatError, TarValueError} from './errors.js';

const SPACE = 0x20;

/** `position.at` is the archive's offset, for the message. */
export function readNumber(field: Buffer, at: number): number {
  const first = field[0] as number;
  return (first & 0x80) === 0 ? readOctal(field, at) : readBase256(field, at);
}

function readOctal(field: Buffer, at: number): number {
  let value = 0;
  let index = 0;
  while (index < field.length && field[index] === SPACE) index++;
  for (; index < field.length; index++) {
    const byte = field[index] as number;
    if (byte === 0 || byte === SPACE) break;
    const digit = byte - 0x30;
    if (digit < 0 || digit > 7) {
      throw new TarFormatError(
        `want an octal number, got ${JSON.stringify(field.toString('latin1'))}`,
        at,
      );
    }
    value = value * 8 + digit;
  }
  return value;
}

function readBase256(field: Buffer, at: number): number {
  const negative = ((field[0] as number) & 0x40) !== 0;
  let value = negative ? -1 : 0;
  for (let index = 0; index < field.length; index++) {
    let byte = field[index] as number;
    if (index === 0) byte = negative ? byte | 0x80 : byte & 0x7f;
    value = negative && index === 0 ? byte - 256 : value * 256 + byte;
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      throw new TarFormatError('number beyond 53 bits', at);
    }
  }
  return value;
}

/** Where a number stands in a block. */
export interface NumberField {
  readonly offset: number;
  readonly length: number;
  readonly name: string;
}

/** Octal with a final NUL, or base-256 where `digits` octal digits are too few. `block` is the header's offset. */
export function writeNumber(
  target: Buffer,
  block: number,
  field: NumberField,
  value: number,
): void {
  const start = block + field.offset;
  const last = start + field.length - 1;
  if (!(value >= 0 && value < 8 ** (field.length - 1) && Number.isSafeInteger(value))) {
    writeBase256(target, {start, last}, {name: field.name, value});
    return;
  }
  // Two halves of 30 bits: shifting is faster than dividing.
  let high = Math.floor(value / 0x40000000);
  let low = value & 0x3fffffff;
  target[last] = 0;
  for (let index = last - 1; index >= start; index--) {
    target[index] = 0x30 + (low & 7);
    low = (low >>> 3) | ((high & 7) << 27);
    high >>>= 3;
  }
}

function writeBase256(
  target: Buffer,
  {start, last}: {start: number; last: number},
  {name, value}: {name: string; value: number},
): void {
  if (!Number.isSafeInteger(value)) throw new TarValueError(name, value);
  let rest = value;
  for (let index = last; index >= start; index--) {
    const byte = ((rest % 256) + 256) % 256;
    target[index] = byte;
    rest = (rest - byte) / 256;
  }
  target[start] = (target[start] as number) | 0x80;
}
