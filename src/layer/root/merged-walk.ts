/**
 * The files of a root as overlayfs would show it, read from its layers without a mount.
 *
 * Takes   the layers' directories, topmost first. Sockets are left out, and so is the root directory itself.
 * Throws  what the file system throws; memory holds one merged directory for each level.
 */
import {readdirSync} from 'node:fs';
import {asPath, type ByteString, fromText} from '../../archive/byte-string.js';
import type {TarHeader} from '../../archive/tar-header.js';
import type {EntryWalk, WalkEntry} from '../entry-walk.js';
import {type FileFacts, readFacts} from '../file-facts.js';
import {FirstLinks} from '../first-links.js';
import {isDirectory, isOpaque} from '../overlay-form.js';
import {type Found, lookUp} from '../target/lower-stack.js';
import {type RecordedOwners, readRecordedOwners} from '../target/recorded-owners.js';

interface Item extends Found {
  /** The name in the tar, by which siblings are sorted. */
  readonly key: ByteString;
}

interface Level {
  /** Of the names in the tar. */
  readonly prefix: ByteString;
  readonly items: readonly Item[];
  next: number;
}

export class MergedWalk implements EntryWalk {
  readonly #levels: Level[];
  readonly #owners: readonly {readonly layer: ByteString; readonly owners: RecordedOwners}[];
  readonly #links = new FirstLinks();

  constructor(layers: readonly string[]) {
    const roots = layers.map(fromText);
    const opaque = roots.findIndex(isOpaque);
    const merged = opaque === -1 ? roots : roots.slice(0, opaque + 1);
    this.#owners = merged
      .map((layer) => ({layer, owners: readRecordedOwners(layer)}))
      .filter(({owners}) => Object.keys(owners).length > 0);
    this.#levels = [{prefix: '', items: list(merged), next: 0}];
  }

  next(): WalkEntry | undefined {
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const item = level.items[level.next++];
      if (item === undefined) {
        this.#levels.pop();
        continue;
      }
      const entry = this.#entry(level.prefix + item.key, item);
      if (entry !== undefined) return entry;
    }
    return undefined;
  }

  #entry(name: ByteString, {path, stat, directories}: Item): WalkEntry | undefined {
    const facts = readFacts(path, stat);
    if (facts === undefined) return undefined;
    if (facts.type === 'directory') {
      this.#levels.push({prefix: name, items: list(directories), next: 0});
    }
    const header = this.#header(name, path, facts);
    const first = this.#links.before(stat, name);
    if (first === undefined) return {path, header};
    return {path, header: {...header, type: 'hard-link', size: 0, linkName: first}};
  }

  #header(name: ByteString, path: ByteString, {opaque: _, ...facts}: FileFacts): TarHeader {
    const from = this.#owners.find(({layer}) => path.startsWith(`${layer}/`));
    const [uid, gid] = from?.owners[path.slice(from.layer.length + 1)] ?? [facts.uid, facts.gid];
    return {name, ...facts, uid, gid};
  }
}

/** What a merged directory holds. */
function list(directories: readonly ByteString[]): Item[] {
  const names = new Set(directories.flatMap((path) => readdirSync(asPath(path), 'latin1')));
  const items: Item[] = [];
  for (const name of names) {
    const found = lookUp(directories, name);
    if (found === undefined) continue;
    items.push({...found, key: isDirectory(found.stat) ? `${name}/` : name});
  }
  return items.sort((left, right) => (left.key < right.key ? -1 : 1));
}
