/** The files of one COPY, written one after the other; where they make the whole layer, its tar is hashed on the way. */
import {closeSync, unlinkSync} from 'node:fs';
import {asPath, type ByteString, toText} from '../../archive/byte-string.js';
import {TsbuildError} from '../../base/error.js';
import {makeDevice} from '../../linux/node.js';
import {isTaken} from '../error-name.js';
import {EntryFailedError, IsADirectoryError, NotADirectoryError} from '../errors.js';
import {LARGE_FILE} from '../layer-tar.js';
import type {ManifestEntry} from '../manifest.js';
import {isDirectory, isSymlink, S_IFBLK, S_IFCHR, S_IFIFO} from '../overlay-form.js';
import type {TarHasher} from '../tar-hasher.js';
import {copyContent, readContent, readSmall, writeSmall} from './copy-content.js';
import type {EarlierLayer} from './earlier-layer.js';
import type {Metadata} from './file-maker.js';
import type {ModeChange} from './file-mode.js';
import {headerOf} from './metadata.js';
import {insideOf, type TargetDirectory, type TargetTree} from './target-tree.js';

export interface CopyOptions {
  readonly root: ByteString;
  readonly tree: TargetTree;
  readonly owner: {readonly uid: number; readonly gid: number} | undefined;
  readonly change: ModeChange | undefined;
  /** Gets every file that is made, in the order of the manifest. */
  readonly tar?: TarHasher | undefined;
  /** Whose files serve again. */
  readonly earlier?: EarlierLayer | undefined;
}

/** Where a source goes: into a directory's content, or to a name in a directory. */
export type Place =
  | {readonly kind: 'content'; readonly directory: TargetDirectory}
  | {readonly kind: 'name'; readonly directory: TargetDirectory; readonly name: ByteString};

interface Making {
  readonly source: ByteString;
  readonly path: ByteString;
  /** The path from the root. */
  readonly inside: ByteString;
  readonly parent: TargetDirectory;
  readonly metadata: Metadata;
  readonly entry: ManifestEntry;
}

/** A file that is made and waits for its content; `close` it then. */
export interface LargeFile extends Making {
  readonly file: number;
}

interface Spot {
  readonly directory: TargetDirectory;
  readonly name: ByteString;
}

/** From here on a file's content is the caller's to copy. */
const VERY_LARGE = 8 << 20;

export class TreeCopy {
  files = 0;
  bytes = 0;
  /** sha256 of the large files, hexadecimal, by path in the layer. */
  readonly largeDigests = new Map<ByteString, string>();
  /** False when a file's time may be beyond what a file system holds. */
  hasPlainTimes = true;
  readonly #options: CopyOptions;
  /** Directories of the source at hand, by path in the source. */
  #directories = new Map<ByteString, TargetDirectory>();

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  /** Copies a source's entries, but for the content of the files it yields. */
  *source(
    opening: ManifestEntry,
    entries: Iterable<ManifestEntry>,
    place: Place,
  ): Generator<LargeFile, void, undefined> {
    const {root} = this.#options;
    const base = opening.path === '' ? root : `${root}/${opening.path}`;
    this.#directories = new Map([['', place.directory]]);
    for (const entry of entries) {
      const large = named(entry, () => this.#copy(entry, base, place));
      if (large !== undefined) yield large;
    }
  }

  /** Ends a file that was yielded. */
  close(large: LargeFile): void {
    const {file, path, parent, metadata, entry} = large;
    named(entry, () => this.#options.tree.files.closeFile(file, path, parent, metadata));
    this.#options.tar?.endLarge(entry.size, entry.digest);
    this.#count(large);
  }

  #copy(entry: ManifestEntry, base: ByteString, place: Place): LargeFile | undefined {
    if (place.kind === 'name') return this.#file(entry, base, place);
    if (entry.path === '') return undefined;
    const slash = entry.path.lastIndexOf('/');
    const directory = this.#directories.get(slash < 0 ? '' : entry.path.slice(0, slash));
    if (directory === undefined) throw new NotADirectoryError(toText(entry.path), 'missing parent');
    const spot = {directory, name: entry.path.slice(slash + 1)};
    if (entry.kind !== 'directory') return this.#file(entry, `${base}/${entry.path}`, spot);
    this.#directories.set(entry.path, this.#directory(entry, spot));
    return undefined;
  }

  #directory(entry: ManifestEntry, {directory, name}: Spot): TargetDirectory {
    const {tree, tar} = this.#options;
    const metadata = this.#metadata(entry);
    tar?.header(headerOf(entry, `${insideOf(directory, name)}/`, metadata));
    const there = isFresh(directory) ? undefined : tree.look(directory, name);
    if (there === undefined) return tree.makeDirectory(directory, name, metadata);
    if (isSymlink(there.stat)) return tree.makeDirectories(tree.locate(name, directory), metadata);
    if (!isDirectory(there.stat)) {
      throw new NotADirectoryError(`/${toText(insideOf(directory, name))}`, 'file');
    }
    const existing = tree.enter(directory, name, there);
    tree.touch(existing);
    tree.files.changeDirectory(existing.path, metadata);
    return existing;
  }

  #file(entry: ManifestEntry, source: ByteString, {directory, name}: Spot): LargeFile | undefined {
    const {tree, tar} = this.#options;
    const inside = insideOf(directory, name);
    if (!isFresh(directory)) {
      const there = tree.look(directory, name);
      if (there !== undefined && isDirectory(there.stat)) {
        throw new IsADirectoryError(`/${toText(inside)}`);
      }
    }
    tree.touch(directory);
    const metadata = this.#metadata(entry);
    tar?.header(headerOf(entry, inside, metadata));
    const path = `${directory.path}/${name}`;
    return this.#make({source, path, inside, parent: directory, metadata, entry});
  }

  #make(making: Making): LargeFile | undefined {
    const {files} = this.#options.tree;
    const {entry, path, parent, metadata} = making;
    switch (entry.kind) {
      case 'file':
        if (entry.size >= LARGE_FILE) return this.#large(making);
        this.#small(making);
        return undefined;
      case 'symlink':
        freed(path, () => files.makeSymlink(path, entry.link, parent, metadata));
        return undefined;
      case 'fifo':
        freed(path, () => files.makeNode(path, {kind: S_IFIFO, device: 0}, parent, metadata));
        return undefined;
      default: {
        const [major = 0, minor = 0] = entry.link.split(':').map(Number);
        const kind = entry.kind === 'block-device' ? S_IFBLK : S_IFCHR;
        const node = {kind, device: makeDevice(major, minor)};
        freed(path, () => files.makeNode(path, node, parent, metadata));
        return undefined;
      }
    }
  }

  #small(making: Making): void {
    const {source, entry} = making;
    const {tar} = this.#options;
    const into = tar && {buffer: tar.buffer, at: tar.reserve(entry.size)};
    const content = readSmall(source, entry.size, into);
    if (!this.#link(making, content)) this.#fill(making, (file) => writeSmall(file, content));
    this.#count(making);
  }

  #large(making: Making): LargeFile | undefined {
    const {source, path, entry} = making;
    const {tar} = this.#options;
    const {size} = entry;
    if (this.#link(making, source)) {
      if (tar !== undefined) readContent(path, size, (bytes) => tar.large(bytes));
    } else if (size >= VERY_LARGE) {
      return {...making, file: this.#open(making)};
    } else {
      this.#fill(making, (file) => copyContent(source, file, size, (bytes) => tar?.large(bytes)));
    }
    tar?.endLarge(size, entry.digest);
    this.#count(making);
    return undefined;
  }

  #link({inside, path, metadata, entry}: Making, content: Buffer | ByteString): boolean {
    const {earlier} = this.#options;
    if (earlier === undefined) return false;
    const wanted = {inside, path, size: entry.size, metadata, content};
    return freed(path, () => earlier.link(wanted));
  }

  #fill(making: Making, write: (file: number) => void): void {
    const {path, parent, metadata} = making;
    const file = this.#open(making);
    try {
      write(file);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    this.#options.tree.files.closeFile(file, path, parent, metadata);
  }

  #open({path, metadata}: Making): number {
    return freed(path, () => this.#options.tree.files.openFile(path, metadata));
  }

  #count({entry, path}: Making): void {
    this.files++;
    this.bytes += entry.size;
    if (entry.size < LARGE_FILE) return;
    const {root} = this.#options.tree;
    this.largeDigests.set(path.slice(root.path.length + 1), entry.digest);
  }

  #metadata(entry: ManifestEntry): Metadata {
    const {owner, change} = this.#options;
    if (entry.mtime < 0 || entry.mtime >= 2 ** 31) this.hasPlainTimes = false;
    const mode = change === undefined ? entry.mode : change(entry.mode, entry.kind === 'directory');
    const metadata = {
      mode,
      uid: owner?.uid ?? entry.uid,
      gid: owner?.gid ?? entry.gid,
      mtime: entry.mtime,
    };
    return entry.xattrs === undefined ? metadata : {...metadata, xattrs: entry.xattrs};
  }
}

/** What comes later takes the place of what has the name. */
function freed<Result>(path: ByteString, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (!isTaken(error)) throw error;
    unlinkSync(asPath(path));
    return make();
  }
}

/** Failures of the kernel name the entry. */
export function named<Result>(entry: ManifestEntry, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    if (error instanceof TsbuildError && !isTaken(error)) throw error;
    throw new EntryFailedError(toText(entry.path), error);
  }
}

/** Made here over nothing: a name is there only when this copy put it there, and then making it again says so. */
export const isFresh = (directory: TargetDirectory): boolean =>
  directory.isNew && directory.lowers.length === 0;
