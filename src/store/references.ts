/**
 * index.json: which references point to which manifests.
 *
 * Every change reads the file, replaces it atomically, and is alone while it does, across processes. An entry without a
 * name is a dangling image: built without tag, or its tag has moved on. Entries that other tools wrote are kept as they are.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {replaceFile} from '../base/atomic-file.js';
import type {Ingest} from '../content/ingest.js';
import {acquireLock} from '../linux/lock.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import {type ImageIndex, parseImageIndex, serializeImageIndex} from '../oci/image-index.js';
import {IMAGE_NAME, REF_NAME} from '../oci/image-layout.js';
import {formatReference, parseReference, type Reference} from '../oci/reference.js';
import type {StorePaths} from './store-paths.js';

/** Bytes; some 100,000 entries. */
const INDEX_LIMIT = 64 * 1024 * 1024;

export interface ReferenceEntry {
  /** Absent for a dangling image. */
  readonly reference?: Reference;
  /** Without the annotations that carry the name. */
  readonly target: Descriptor;
}

export class References {
  readonly #paths: StorePaths;
  readonly #ingest: Ingest;

  constructor(paths: StorePaths, ingest: Ingest) {
    this.#paths = paths;
    this.#ingest = ingest;
  }

  list(): readonly ReferenceEntry[] {
    return this.#read().manifests.map(readEntry);
  }

  resolve(reference: Reference): Descriptor | undefined {
    const name = formatReference(reference);
    return this.#read()
      .manifests.map(readEntry)
      .find((entry) => nameOf(entry) === name)?.target;
  }

  /** Points the reference there. An image it pointed to before, and nothing else does, is left dangling. */
  tag(reference: Reference, target: Descriptor): Promise<void> {
    return this.#change((entries) => tagged(entries, reference, target));
  }

  /** Keeps an image under all these names, in one change; without any, under none. */
  put(target: Descriptor, names: readonly Reference[]): Promise<void> {
    return this.#change((entries) =>
      names.reduce((before, name) => tagged(before, name, target), kept(entries, target)),
    );
  }

  /** Removes the name; with the last name the image goes too. Returns what it pointed to. */
  async untag(reference: Reference): Promise<Descriptor | undefined> {
    const name = formatReference(reference);
    let target: Descriptor | undefined;
    await this.#change((entries) => {
      target = entries.find((entry) => nameOf(entry) === name)?.target;
      return target === undefined ? entries : entries.filter((entry) => nameOf(entry) !== name);
    });
    return target;
  }

  /** Removes every entry of an image, named or not. Returns the names it had. */
  async forget(digest: Digest): Promise<readonly Reference[]> {
    let names: readonly Reference[] = [];
    await this.#change((entries) => {
      const gone = entries.filter((entry) => entry.target.digest === digest);
      names = gone.flatMap(({reference}) => (reference === undefined ? [] : [reference]));
      return gone.length === 0 ? entries : entries.filter((entry) => !gone.includes(entry));
    });
    return names;
  }

  async #change(edit: (entries: Entries) => Entries): Promise<void> {
    using _alone = await acquireLock(join(this.#paths.locks, 'index'), 'exclusive');
    const index = this.#read();
    const before = index.manifests.map(readEntry);
    const after = edit(before);
    if (after === before) return;
    const raw = new Map(before.map((entry, place) => [entry, index.manifests[place]]));
    const manifests = after.map((entry) => raw.get(entry) ?? writeEntry(entry));
    const data = serializeImageIndex({...index, manifests});
    replaceFile({path: this.#paths.index, draft: this.#ingest.draft()}, data);
  }

  #read(): ImageIndex {
    return parseImageIndex(readFileSync(this.#paths.index), INDEX_LIMIT);
  }
}

type Entries = readonly ReferenceEntry[];

function tagged(entries: Entries, reference: Reference, target: Descriptor): Entries {
  const name = formatReference(reference);
  const before = entries.find((entry) => nameOf(entry) === name);
  if (before !== undefined && sameTarget(before.target, target)) return entries;
  const others = entries.filter((entry) => entry !== before && !isDangling(entry, target));
  const orphan = before === undefined || isNamed(others, before.target) ? [] : [before.target];
  return [...others, ...orphan.map((each) => ({target: each})), {reference, target}];
}

const kept = (entries: Entries, target: Descriptor): Entries =>
  entries.some((entry) => entry.target.digest === target.digest) ? entries : [...entries, {target}];

function readEntry(descriptor: Descriptor): ReferenceEntry {
  const {annotations = {}, ...rest} = descriptor;
  const {[IMAGE_NAME]: imageName, [REF_NAME]: refName, ...others} = annotations;
  const target = Object.keys(others).length === 0 ? rest : {...rest, annotations: others};
  const reference = parsed(imageName) ?? parsed(refName);
  return reference === undefined ? {target} : {reference, target};
}

/** A name that is none of ours, such as skopeo's bare tag, names nothing here. */
function parsed(name: string | undefined): Reference | undefined {
  if (name === undefined || !name.includes('/')) return undefined;
  try {
    return parseReference(name);
  } catch {
    return undefined;
  }
}

function writeEntry({reference, target}: ReferenceEntry): Descriptor {
  if (reference === undefined) return target;
  const name = formatReference(reference);
  return {...target, annotations: {...target.annotations, [REF_NAME]: name, [IMAGE_NAME]: name}};
}

const nameOf = ({reference}: ReferenceEntry): string | undefined =>
  reference === undefined ? undefined : formatReference(reference);

const isNamed = (entries: readonly ReferenceEntry[], {digest}: Descriptor): boolean =>
  entries.some((entry) => entry.target.digest === digest);

const isDangling = (entry: ReferenceEntry, {digest}: Descriptor): boolean =>
  entry.reference === undefined && entry.target.digest === digest;

const sameTarget = (left: Descriptor, right: Descriptor): boolean =>
  left.digest === right.digest && left.mediaType === right.mediaType;
