import type {ByteString} from '../archive/byte-string.js';
import type {TarHeader} from '../archive/tar-header.js';

/** A file as a tar tells it. */
export interface WalkEntry {
  readonly header: TarHeader;
  /** Where the content is, of a file with `size` above 0. */
  readonly path: ByteString;
}

/** Files one by one, in the order of a tar: names sorted by bytes, a directory's with its final slash. */
export interface EntryWalk {
  /** Undefined after the last. */
  next(): WalkEntry | undefined;
}

/** The same files, with other times, in seconds. */
export function withTimes(walk: EntryWalk, change: (mtime: number) => number): EntryWalk {
  return {
    next() {
      const entry = walk.next();
      if (entry === undefined) return undefined;
      const {header, path} = entry;
      return {path, header: {...header, mtime: change(header.mtime)}};
    },
  };
}
