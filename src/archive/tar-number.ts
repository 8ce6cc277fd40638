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

/** Octal with a final NUL, or base-256 where `digits` octal digits are too few. `length` is the field's. */
export function writeNumber(
  target: Buffer,
  value: number,
  field: {offset: number; length: number; name: string},
): void {
  const {offset, length, name} = field;
  if (!Number.isSafeInteger(value)) throw new TarValueError(name, value);
  if (value >= 0 && value < 8 ** (length - 1)) {
    let rest = value;
    target[offset + length - 1] = 0;
    for (let index = offset + length - 2; index >= offset; index--) {
      target[index] = 0x30 + (rest % 8);
      rest = Math.floor(rest / 8);
    }
    return;
  }
  let rest = value;
  for (let index = offset + length - 1; index >= offset; index--) {
    const byte = ((rest % 256) + 256) % 256;
    target[index] = byte;
    rest = (rest - byte) / 256;
  }
  target[offset] = (target[offset] as number) | 0x80;
}
