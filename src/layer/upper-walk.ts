/**
 * The files of an overlay upper directory, one by one, in the order of a layer's tar: names sorted by bytes, a
 * directory's with its final slash, so a directory comes before what is in it.
 *
 * Whiteouts come as files `.wh.<name>`, an opaque directory as a file `.wh..wh..opq` in it; of a set of hard links the
 * first name is the file. Sockets are left out. The root itself is not an entry.
 */
import {readdirSync, type Stats} from 'node:fs';
import {asPath, type ByteString, fromText, toText} from '../archive/byte-string.js';
import {blankHeader, type TarHeader} from '../archive/tar-header.js';
import type {EntryWalk, WalkEntry} from './entry-walk.js';
import {ReservedNameError} from './errors.js';
import {type FileFacts, readFacts} from './file-facts.js';
import {FirstLinks} from './first-links.js';
import {isDirectory, isOpaque, isWhiteout, OPAQUE_MARKER, WHITEOUT_PREFIX} from './overlay-form.js';
import {lstat} from './target/lower-stack.js';
import {type RecordedOwners, readRecordedOwners} from './target/recorded-owners.js';

interface Item {
  /** The name in the tar, by which siblings are sorted. */
  readonly key: ByteString;
  /** The name in the directory; empty for a marker that is no file. */
  readonly name: ByteString;
  readonly stat: Stats | undefined;
}

interface Level {
  readonly path: ByteString;
  /** Prefix of the names in the tar. */
  readonly prefix: ByteString;
  readonly items: readonly Item[];
  next: number;
}

export class UpperWalk implements EntryWalk {
  readonly #levels: Level[];
  readonly #owners: RecordedOwners;
  readonly #links = new FirstLinks();

  constructor(upper: string) {
    const path = fromText(upper);
    this.#owners = readRecordedOwners(path);
    this.#levels = [{path, prefix: '', items: list(path, isOpaque(path)), next: 0}];
  }

  next(): WalkEntry | undefined {
    for (;;) {
      const level = this.#levels.at(-1);
      if (level === undefined) return undefined;
      const item = level.items[level.next++];
      if (item === undefined) {
        this.#levels.pop();
        continue;
      }
      const entry = this.#entry(level, item);
      if (entry !== undefined) return entry;
    }
  }

  #entry(level: Level, item: Item): WalkEntry | undefined {
    const path = `${level.path}/${item.name}`;
    const name = level.prefix + item.key;
    const {stat} = item;
    if (stat === undefined || isWhiteout(stat)) return {path, header: {...blankHeader, name}};
    if (item.name.startsWith(WHITEOUT_PREFIX)) throw new ReservedNameError(`/${toText(name)}`);
    const first = this.#links.before(stat, name);
    const facts = readFacts(path, stat);
    if (facts === undefined) return undefined;
    if (facts.type === 'directory') {
      this.#levels.push({path, prefix: name, items: list(path, facts.opaque), next: 0});
    }
    return {path, header: this.#header(name, facts, first)};
  }

  #header(name: ByteString, facts: FileFacts, first: ByteString | undefined): TarHeader {
    const {opaque: _, ...rest} = facts;
    const owner = this.#owners[name];
    const owned = owner === undefined ? rest : {...rest, uid: owner[0], gid: owner[1]};
    if (first === undefined) return {name, ...owned};
    return {name, ...owned, type: 'hard-link', size: 0, linkName: first};
  }
}

function list(path: ByteString, opaque: boolean): Item[] {
  const items: Item[] = opaque ? [{key: OPAQUE_MARKER, name: '', stat: undefined}] : [];
  for (const name of readdirSync(asPath(path), 'latin1')) {
    const stat = lstat(`${path}/${name}`);
    if (stat === undefined) continue;
    items.push({key: keyOf(name, stat), name, stat});
  }
  return items.sort((left, right) => (left.key < right.key ? -1 : 1));
}

function keyOf(name: ByteString, stat: Stats): ByteString {
  if (isDirectory(stat)) return `${name}/`;
  return isWhiteout(stat) ? WHITEOUT_PREFIX + name : name;
}
