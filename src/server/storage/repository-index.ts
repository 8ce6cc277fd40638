/**
 * index.json of one repository: its manifests, tagged and not, as OCI image-layout.md has it. A tag is an entry's
 * `org.opencontainers.image.ref.name`.
 *
 * Read once, then kept in memory: the server is the only writer. Each change is on the disk before it is seen.
 */
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {replaceFile, syncFolder} from '../../base/atomic-file.js';
import type {Ingest} from '../../content/ingest.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {parseImageIndex, serializeImageIndex} from '../../oci/image-index.js';
import {
  BLOBS_FOLDER,
  INDEX_FILE,
  LAYOUT_CONTENT,
  LAYOUT_FILE,
  REF_NAME,
} from '../../oci/image-layout.js';
import {MediaType} from '../../oci/media-type.js';

/** Bytes; some 300,000 entries. */
const INDEX_LIMIT = 64 * 1024 * 1024;

interface Entries {
  readonly manifests: Map<Digest, Descriptor>;
  readonly tags: Map<string, Digest>;
}

export class RepositoryIndex {
  readonly #folder: string;
  readonly #ingest: Ingest;
  #entries: Entries;

  /** `folder` need not exist before the first change. */
  constructor(folder: string, ingest: Ingest) {
    this.#folder = folder;
    this.#ingest = ingest;
    this.#entries = isRepository(folder) ? readEntries(folder) : nothing();
  }

  get manifests(): ReadonlyMap<Digest, Descriptor> {
    return this.#entries.manifests;
  }

  get tags(): ReadonlyMap<string, Digest> {
    return this.#entries.tags;
  }

  put(target: Descriptor, tags: readonly string[]): void {
    const known = this.manifests.get(target.digest);
    const sameTags = tags.every((tag) => this.tags.get(tag) === target.digest);
    if (known?.mediaType === target.mediaType && sameTags) return;
    this.#change(({manifests, tags: all}) => {
      manifests.set(target.digest, target);
      for (const tag of tags) all.set(tag, target.digest);
    });
  }

  /** Their tags go with them. */
  remove(digests: ReadonlySet<Digest>): void {
    this.#change(({manifests, tags}) => {
      for (const digest of digests) manifests.delete(digest);
      for (const [tag, digest] of tags) if (digests.has(digest)) tags.delete(tag);
    });
  }

  untag(tag: string): void {
    this.#change(({tags}) => tags.delete(tag));
  }

  /** The layout's folders and files; a repository is one when its index.json is there. */
  make(): void {
    if (isRepository(this.#folder)) return;
    mkdirSync(join(this.#folder, BLOBS_FOLDER), {recursive: true});
    this.#write(LAYOUT_FILE, LAYOUT_CONTENT);
    this.#write(INDEX_FILE, serialize(this.#entries));
    syncFolder(dirname(this.#folder));
  }

  /** Takes the repository away when nothing is in it any more. */
  unmakeEmpty(): void {
    if (this.manifests.size > 0 || readdirSync(join(this.#folder, BLOBS_FOLDER)).length > 0) return;
    rmSync(this.#folder, {recursive: true});
  }

  #change(edit: (entries: Entries) => void): void {
    this.make();
    const {manifests, tags} = this.#entries;
    const next = {manifests: new Map(manifests), tags: new Map(tags)};
    edit(next);
    this.#write(INDEX_FILE, serialize(next));
    this.#entries = next;
  }

  #write(name: string, data: string | Uint8Array): void {
    replaceFile({path: join(this.#folder, name), draft: this.#ingest.draft()}, data);
  }
}

export const isRepository = (folder: string): boolean => existsSync(join(folder, INDEX_FILE));

const nothing = (): Entries => ({manifests: new Map(), tags: new Map()});

function readEntries(folder: string): Entries {
  const entries = nothing();
  const index = parseImageIndex(readFileSync(join(folder, INDEX_FILE)), INDEX_LIMIT);
  for (const {mediaType, digest, size, annotations} of index.manifests) {
    entries.manifests.set(digest, {mediaType, digest, size});
    const tag = annotations?.[REF_NAME];
    if (tag !== undefined) entries.tags.set(tag, digest);
  }
  return entries;
}

function serialize({manifests, tags}: Entries): Buffer {
  const tagged = new Set(tags.values());
  const named = [...tags].flatMap(([tag, digest]) => {
    const target = manifests.get(digest);
    return target === undefined ? [] : [{...target, annotations: {[REF_NAME]: tag}}];
  });
  const unnamed = [...manifests.values()].filter(({digest}) => !tagged.has(digest));
  return serializeImageIndex({
    schemaVersion: 2,
    mediaType: MediaType.index,
    manifests: [...named, ...unnamed],
  });
}
