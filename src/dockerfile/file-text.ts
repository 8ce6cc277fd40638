import {isUtf8} from 'node:buffer';

/**
 * The bytes of a Dockerfile as text. In a line that is no UTF-8, half a surrogate pair stands for each byte that cannot be read:
 * what no file holds, so that `readLogicalLines` knows it, and lets it pass in comments alone.
 */
export function fileText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isUtf8(text)) return text.toString();
  return text
    .toString('latin1')
    .split('\n')
    .map((line) => lineText(Buffer.from(line, 'latin1')))
    .join('\n');
}

const lineText = (line: Buffer): string =>
  isUtf8(line) ? line.toString() : line.toString().replaceAll('\ufffd', UNREADABLE);

const UNREADABLE = '\udc80';
