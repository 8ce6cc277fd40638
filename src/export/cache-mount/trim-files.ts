/** Leaves out of a directory's files those that were used longest ago, until the rest is young and small enough. */
import {lstatSync} from 'node:fs';
import {asPath, type ByteString} from '../../archive/byte-string.js';
import type {EntryWalk} from '../../layer/entry-walk.js';
import {MergedWalk} from '../../layer/root/merged-walk.js';

export interface TrimLimits {
  /** Milliseconds since a file was read or written. */
  readonly maxAge?: number;
  /** Bytes of all that stay. */
  readonly maxSize?: number;
}

/** What to make of a walk over the same directory; its files are looked at once, now. */
export function trimmer(
  path: string,
  {maxAge = Number.POSITIVE_INFINITY, maxSize = Number.POSITIVE_INFINITY}: TrimLimits,
  now: Date,
): (walk: EntryWalk) => EntryWalk {
  const files = filesOf(path);
  const oldest = now.getTime() - maxAge;
  const left = new Set<ByteString>();
  let size = 0;
  for (const file of files.sort((one, other) => other.used - one.used)) {
    if (file.used >= oldest && size + file.size <= maxSize) size += file.size;
    else left.add(file.name);
  }
  return left.size === 0 ? (walk) => walk : (walk) => without(walk, left);
}

interface UsedFile {
  readonly name: ByteString;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly used: number;
}

function filesOf(path: string): UsedFile[] {
  const files: UsedFile[] = [];
  const walk = new MergedWalk([path]);
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    const {header, path: place} = entry;
    if (header.type !== 'file') continue;
    const {atimeMs, mtimeMs} = lstatSync(asPath(place));
    files.push({name: header.name, size: header.size, used: Math.max(atimeMs, mtimeMs)});
  }
  return files;
}

/** A hard link goes with the file that it names. */
function without(walk: EntryWalk, left: ReadonlySet<ByteString>): EntryWalk {
  return {
    next() {
      for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
        const {type, name, linkName} = entry.header;
        if (!left.has(type === 'hard-link' ? linkName : name)) return entry;
      }
      return undefined;
    },
  };
}
