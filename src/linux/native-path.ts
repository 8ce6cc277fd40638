import {InvalidPathError} from './errors.js';

/** A path as the caller has it: text, or the very bytes when they may not be UTF-8. */
export type NativePath = string | Uint8Array;

/** What a C function takes for it. Throws InvalidPathError for a path with a NUL inside. */
export function nativePath(path: NativePath): string | Buffer {
  if (typeof path === 'string') {
    if (path.includes('\0')) throw new InvalidPathError(path);
    return path;
  }
  if (path.includes(0)) throw new InvalidPathError(Buffer.from(path).toString('latin1'));
  const bytes = Buffer.allocUnsafe(path.byteLength + 1);
  bytes.set(path);
  bytes[path.byteLength] = 0;
  return bytes;
}
