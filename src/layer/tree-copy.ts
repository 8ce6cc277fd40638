/** The files of one COPY, written one after the other. */
import {unlinkSync} from 'node:fs';
import {asPath, type ByteString, toText} from '../archive/byte-string.js';
import {TsbuildError} from '../base/error.js';
import {makeDevice} from '../linux/node.js';
import {copyContent} from './copy-content.js';
import type {Place} from './copy-tree.js';
import {isTaken} from './error-name.js';
import {EntryFailedError, IsADirectoryError, NotADirectoryError} from './errors.js';
import type {Metadata} from './file-maker.js';
import type {ModeChange} from './file-mode.js';
import type {ManifestEntry} from './manifest.js';
import {isDirectory, isSymlink, S_IFBLK, S_IFCHR, S_IFIFO} from './overlay-form.js';
import {insideOf, type TargetDirectory, type TargetTree} from './target-tree.js';

export interface CopyOptions {
  readonly root: ByteString;
  readonly tree: TargetTree;
  readonly owner: {readonly uid: number; readonly gid: number} | undefined;
  readonly change: ModeChange | undefined;
}

export class TreeCopy {
  files = 0;
  bytes = 0;
  readonly #options: CopyOptions;
  /** Directories of the source at hand, by path in the source. */
  #directories = new Map<ByteString, TargetDirectory>();

  constructor(options: CopyOptions) {
    this.#options = options;
  }

  source(opening: ManifestEntry, entries: readonly ManifestEntry[], place: Place): void {
    const {root} = this.#options;
    const base = opening.path === '' ? root : `${root}/${opening.path}`;
    this.#directories = new Map([['', place.directory]]);
    for (const entry of entries) {
      try {
        this.#copy(entry, base, place);
      } catch (error) {
        if (error instanceof TsbuildError) throw error;
        throw new EntryFailedError(toText(entry.path), error);
      }
    }
  }

  #copy(entry: ManifestEntry, base: ByteString, place: Place): void {
    if (place.kind === 'name') {
      this.#file(entry, base, {directory: place.directory, name: place.name});
      return;
    }
    if (entry.path === '') return;
    const slash = entry.path.lastIndexOf('/');
    const directory = this.#directories.get(slash < 0 ? '' : entry.path.slice(0, slash));
    if (directory === undefined) throw new NotADirectoryError(toText(entry.path), 'missing parent');
    const at = {directory, name: entry.path.slice(slash + 1)};
    if (entry.kind === 'directory') this.#directories.set(entry.path, this.#directory(entry, at));
    else this.#file(entry, `${base}/${entry.path}`, at);
  }

  #directory(
    entry: ManifestEntry,
    {directory, name}: {directory: TargetDirectory; name: ByteString},
  ): TargetDirectory {
    const {tree} = this.#options;
    const metadata = this.#metadata(entry);
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

  #file(
    entry: ManifestEntry,
    source: ByteString,
    {directory, name}: {directory: TargetDirectory; name: ByteString},
  ): void {
    const {tree} = this.#options;
    if (!isFresh(directory)) {
      const there = tree.look(directory, name);
      if (there !== undefined && isDirectory(there.stat)) {
        throw new IsADirectoryError(`/${toText(insideOf(directory, name))}`);
      }
    }
    tree.touch(directory);
    const path = `${directory.path}/${name}`;
    try {
      this.#make(entry, source, {directory, path});
    } catch (error) {
      if (!isTaken(error)) throw error;
      unlinkSync(asPath(path));
      this.#make(entry, source, {directory, path});
    }
  }

  #make(
    entry: ManifestEntry,
    source: ByteString,
    {directory, path}: {directory: TargetDirectory; path: ByteString},
  ): void {
    const {files} = this.#options.tree;
    const metadata = this.#metadata(entry);
    switch (entry.kind) {
      case 'file': {
        const file = files.openFile(path, metadata);
        try {
          copyContent(source, file, entry.size);
        } finally {
          files.closeFile(file, path, directory, metadata);
        }
        this.files++;
        this.bytes += entry.size;
        return;
      }
      case 'symlink':
        files.makeSymlink(path, entry.link, directory, metadata);
        return;
      case 'fifo':
        files.makeNode(path, {kind: S_IFIFO, device: 0}, directory, metadata);
        return;
      default: {
        const [major = 0, minor = 0] = entry.link.split(':').map(Number);
        const kind = entry.kind === 'block-device' ? S_IFBLK : S_IFCHR;
        files.makeNode(path, {kind, device: makeDevice(major, minor)}, directory, metadata);
      }
    }
  }

  #metadata(entry: ManifestEntry): Metadata {
    const {owner, change} = this.#options;
    const mode = change === undefined ? entry.mode : change(entry.mode, entry.kind === 'directory');
    return {
      mode,
      uid: owner?.uid ?? entry.uid,
      gid: owner?.gid ?? entry.gid,
      mtime: entry.mtime,
      ...(entry.xattrs === undefined ? {} : {xattrs: entry.xattrs}),
    };
  }
}

/** Made here over nothing: a name is there only when this copy put it there, and then making it again says so. */
const isFresh = (directory: TargetDirectory): boolean =>
  directory.isNew && directory.lowers.length === 0;
