/**
 * key → result, on disk.
 *
 *   definitions/<hex>        the content key that this definition last led to
 *   records/<hex>.json       CacheRecord, by content key
 *   ingredients/<hex>.json   the files that entered the key, for explaining
 *   contents/<hex>           content of a root → the chainID of the first root that had it
 *   uses/ candidates/        see uses.ts, candidates.ts
 *   locks/<hex>              held while a step runs, so that two builds run it once
 *
 * Entries are hints: each is renamed into place, and one that does not parse or does not name its own key is a
 * miss. They need no fsync, since a lost or torn entry only costs a step run again.
 */
import {randomBytes} from 'node:crypto';
import {mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {acquireLock} from '../linux/lock.js';
import {type Digest, hexOf, isDigest} from '../oci/digest.js';
import type {CacheRecord, Ingredient, StepOrigin} from './cache-record.js';
import {Candidates} from './candidates.js';
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

export class ResultCache {
  readonly uses: Uses;
  readonly candidates: Candidates;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
    for (const folder of folders) mkdirSync(join(root, folder), {recursive: true});
    this.uses = new Uses(join(root, 'uses'));
    this.candidates = new Candidates(join(root, 'candidates'), (key) => this.find(key));
  }

  findByDefinition(definition: Digest): CacheRecord | undefined {
    const key = this.#read('definitions', definition)?.trim();
    return key !== undefined && isDigest(key) ? this.find(key) : undefined;
  }

  find(key: Digest): CacheRecord | undefined {
    const record = parse<CacheRecord>(this.#read('records', key));
    return record?.key === key ? record : undefined;
  }

  /** Remembers that this definition leads to a result already recorded. */
  link(definition: Digest, key: Digest): void {
    this.#write('definitions', definition, key);
  }

  put(record: CacheRecord, ingredients: readonly Ingredient[]): void {
    if (ingredients.length > 0) this.#write('ingredients', record.key, JSON.stringify(ingredients));
    this.#write('records', record.key, JSON.stringify(record));
    this.link(record.definition, record.key);
    this.use(record, record.origin);
    if (record.content !== null && record.chainID !== null && !this.findContent(record.content)) {
      this.#write('contents', record.content, record.chainID);
    }
  }

  use(record: CacheRecord, origin: StepOrigin): void {
    const isFirst = this.uses.add(record.key, origin.project);
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

  /** Waits until no other build, in this process or another, is at the same step. */
  lock(definition: Digest): Promise<Disposable> {
    return acquireLock(this.#path('locks', definition), 'exclusive');
  }

  keys(): Digest[] {
    return readdirSync(join(this.#root, 'records'))
      .map((name) => `sha256:${name.replace(/\.json$/, '')}`)
      .filter(isDigest);
  }

  *records(): Generator<CacheRecord> {
    for (const key of this.keys()) {
      const record = this.find(key);
      if (record) yield record;
    }
  }

  /** Forgets everything. Layers that only the cache held are then unreferenced. */
  clear(): void {
    for (const folder of folders) {
      rmSync(join(this.#root, folder), {recursive: true, force: true});
      mkdirSync(join(this.#root, folder), {recursive: true});
    }
  }

  #path(folder: Folder, digest: Digest): string {
    const ending = folder === 'records' || folder === 'ingredients' ? '.json' : '';
    return join(this.#root, folder, hexOf(digest) + ending);
  }

  #read(folder: Folder, digest: Digest): string | undefined {
    try {
      return readFileSync(this.#path(folder, digest), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #write(folder: Folder, digest: Digest, text: string): void {
    const path = this.#path(folder, digest);
    const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
    writeFileSync(draft, text);
    renameSync(draft, path);
  }
}

function parse<Value>(text: string | undefined): Value | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
