/**
 * key → result, on disk.
 *
 *   definitions/<hex>        the content key that this definition last led to
 *   records/<hex>.json       CacheRecord, by content key, behind its own digest
 *   ingredients/<hex>.json   the files that entered the key, for explaining
 *   contents/<hex>           content of a root → the chainID of the first root that had it
 *   uses/ candidates/        see uses.ts, candidates.ts
 *   inventory/               what all records and uses say, for listings: see content/inventory.ts
 *   locks/<hex>              there and held while a step runs, so that two builds run it once
 *
 * Entries are hints: each is renamed into place, and one that does not parse or does not name its own key is a
 * miss. They need no fsync, since a lost or torn entry only costs a step run again.
 */
import {randomBytes} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Inventory} from '../content/inventory.js';
import {acquireLock} from '../linux/lock.js';
import {type Digest, digestOf, hexOf, isDigest} from '../oci/digest.js';
import type {CacheRecord, Ingredient, StepOrigin} from './cache-record.js';
import {Candidates} from './candidates.js';
import {type HeldResult, heldResult} from './held-result.js';
import {writeIngredients} from './ingredients-file.js';
import {Uses} from './uses.js';

const folders = [
  'definitions',
  'records',
  'ingredients',
  'contents',
  'uses',
  'candidates',
  'locks',
] as const;
type Folder = (typeof folders)[number];

/** Results whose uses are looked up one by one: each project costs a look. */
const FEW = 50;

export class ResultCache {
  readonly candidates: Candidates;
  readonly #root: string;
  readonly #uses: Uses;
  readonly #inventory: Inventory<HeldResult>;

  constructor(root: string) {
    this.#root = root;
    for (const folder of folders) mkdirSync(join(root, folder), {recursive: true});
    this.#uses = new Uses(join(root, 'uses'));
    this.#inventory = new Inventory({
      root: join(root, 'inventory'),
      folder: join(root, 'records'),
      version: 1,
      idOf: keyOf,
      read: (keys) => this.#readResults(keys as readonly Digest[]),
    });
    this.candidates = new Candidates(join(root, 'candidates'), (key) => this.find(key));
  }

  findByDefinition(definition: Digest): CacheRecord | undefined {
    const key = this.#read('definitions', definition)?.trim();
    return key !== undefined && isDigest(key) ? this.find(key) : undefined;
  }

  find(key: Digest): CacheRecord | undefined {
    const record = parseRecord(this.#read('records', key) ?? '');
    return record?.key === key ? record : undefined;
  }

  /** Remembers that this definition leads to a result already recorded. */
  link(definition: Digest, key: Digest): void {
    this.#write('definitions', definition, key);
  }

  /** Of a step that ran here. */
  put(record: CacheRecord, ingredients: Iterable<Ingredient>): void {
    this.adopt(record, ingredients);
    if (record.content !== null && record.chainID !== null && !this.findContent(record.content)) {
      this.#write('contents', record.content, record.chainID);
    }
  }

  /** Of a step that ran elsewhere: that its root has this content is hearsay, which is good for this result alone. */
  adopt(record: CacheRecord, ingredients: Iterable<Ingredient>): void {
    this.#put('ingredients', record.key, (path) => writeIngredients(path, ingredients));
    this.#inventory.changing(record.key, () =>
      this.#write('records', record.key, recordText(record)),
    );
    this.link(record.definition, record.key);
    this.use(record, record.origin);
  }

  use(record: CacheRecord, origin: StepOrigin): void {
    const {key} = record;
    const isFirst = this.#inventory.changing(key, () => this.#uses.add(key, origin.project));
    if (isFirst) this.candidates.add({...record, origin});
  }

  /** The first root that had this content: a step that ran again and made the same is that root. */
  findContent(content: Digest): Digest | undefined {
    const chainID = this.#read('contents', content)?.trim();
    return chainID !== undefined && isDigest(chainID) ? chainID : undefined;
  }

  ingredients(key: Digest): readonly Ingredient[] {
    return parse<readonly Ingredient[]>(this.#read('ingredients', key)) ?? [];
  }

  /**
   * Waits until no other build, in this process or another, is at the same step: at one of this definition, or this content
   * key. Rejects with the reason of an abort.
   */
  async lock(key: Digest, signal?: AbortSignal): Promise<Disposable> {
    const path = this.#path('locks', key);
    for (;;) {
      const lock = await acquireLock(path, 'exclusive', signal);
      // Whoever had it before took the file away with it.
      if (lock.isOf(path)) return {[Symbol.dispose]: () => removeLocked(path, lock)};
      lock[Symbol.dispose]();
    }
  }

  /** Whether a record is there, and its bytes are not those that were written. It is listed no more then. */
  isDamaged(key: Digest): boolean {
    const text = this.#read('records', key);
    const damaged = text !== undefined && parseRecord(text) === undefined;
    if (damaged) this.#inventory.changing(key, () => undefined);
    return damaged;
  }

  keys(): Digest[] {
    return readdirSync(join(this.#root, 'records')).flatMap((name) => keyOf(name) ?? []);
  }

  /** All that is here by their keys, without opening a record. */
  results(): ReadonlyMap<string, HeldResult> {
    return this.#inventory.all();
  }

  /** For all projects. Layers that only this result held are then unreferenced. */
  remove(key: Digest): void {
    this.#inventory.changing(key, () => {
      for (const folder of ['records', 'ingredients'] as const) {
        rmSync(this.#path(folder, key), {force: true});
      }
    });
  }

  /** Of one project, which used it. */
  removeUse(key: Digest, project: string): void {
    this.#inventory.changing(key, () => this.#uses.remove(key, project));
  }

  /** Removes the hints that lead to nothing any more. One that is made meanwhile may go too, and costs a step at most. */
  tidy(hasRoot: (chainID: Digest) => boolean): void {
    const keys = new Set(this.keys());
    const leads = (key: string): boolean => isDigest(key) && keys.has(key);
    this.#sweep('definitions', leads);
    this.#sweep('contents', (chainID) => isDigest(chainID) && hasRoot(chainID));
    this.#sweep('candidates', (text) => text.split('\n').some(leads));
  }

  #sweep(folder: Folder, isAlive: (text: string) => boolean): void {
    for (const name of readdirSync(join(this.#root, folder))) {
      const path = join(this.#root, folder, name);
      if (!isAlive(readIfThere(path)?.trim() ?? '')) rmSync(path, {force: true});
    }
  }

  *#readResults(keys: readonly Digest[]): Generator<readonly [Digest, HeldResult]> {
    const all = keys.length > FEW ? this.#uses.byKey() : undefined;
    for (const key of keys) {
      const record = this.find(key);
      if (record === undefined) continue;
      yield [
        key,
        heldResult(record, all === undefined ? this.#uses.of(key) : (all.get(key) ?? [])),
      ];
    }
  }

  #path(folder: Folder, digest: Digest): string {
    const ending = folder === 'records' || folder === 'ingredients' ? '.json' : '';
    return join(this.#root, folder, hexOf(digest) + ending);
  }

  #read(folder: Folder, digest: Digest): string | undefined {
    return readIfThere(this.#path(folder, digest));
  }

  #write(folder: Folder, digest: Digest, text: string): void {
    this.#put(folder, digest, (path) => {
      writeFileSync(path, text);
      return true;
    });
  }

  #put(folder: Folder, digest: Digest, write: (path: string) => boolean): void {
    const path = this.#path(folder, digest);
    const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
    if (write(draft)) renameSync(draft, path);
  }
}

function keyOf(name: string): Digest | undefined {
  const key = `sha256:${name.replace(/\.json$/, '')}`;
  return isDigest(key) ? key : undefined;
}

function removeLocked(path: string, lock: Disposable): void {
  rmSync(path, {force: true});
  lock[Symbol.dispose]();
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A record leads to a root unseen, so its bytes are checked: `sha256:<hex>`, the end of the line, and the JSON of that digest. */
function recordText(record: CacheRecord): string {
  const json = JSON.stringify(record);
  return `${digestOf(json)}\n${json}`;
}

function parseRecord(text: string): CacheRecord | undefined {
  const end = text.indexOf('\n');
  const json = text.slice(end + 1);
  return end > 0 && text.slice(0, end) === digestOf(json) ? parse<CacheRecord>(json) : undefined;
}

function parse<Value>(text: string | undefined): Value | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
