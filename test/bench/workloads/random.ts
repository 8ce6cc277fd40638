/** Bytes that look like something and are the same on every machine. */
import {createCipheriv} from 'node:crypto';

/** Numbers in [0, 1). Source: mulberry32, Tommy Ettinger, public domain. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A stream of bytes that no compressor shortens. */
export function noise(key: number): (size: number) => Buffer {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, key), Buffer.alloc(16));
  return (size) => cipher.update(Buffer.alloc(size));
}

const WORDS =
  'const let function return if else for while switch case break new this class extends import export default from async await promise resolve reject require exports path file buffer stream event emit callback options config value key index length push map filter reduce concat join split replace match string number boolean undefined null object array prototype constructor true false typeof throw try catch finally'.split(
    ' ',
  );
const MARKS = [' ', ' ', ' ', '(', ')', ';\n', ' = ', '.', ', ', ' {\n  ', '}\n', ' => ', ' === '];

/** Text with the entropy of source code. */
export function sourceText(size: number, random: () => number): Buffer {
  const parts: string[] = [];
  for (let length = 0; length < size; ) {
    const suffix = random() < 0.25 ? Math.floor(random() * 0xffff).toString(36) : '';
    const part = `${pick(WORDS, random)}${suffix}${pick(MARKS, random)}`;
    parts.push(part);
    length += part.length;
  }
  return Buffer.from(parts.join('').slice(0, size), 'latin1');
}

const pick = (from: readonly string[], random: () => number): string =>
  from[Math.floor(random() * from.length)] ?? '';
