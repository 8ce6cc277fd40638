/** Carries out the entries of a tar, one after the other, in the order they come. */
import {linkSync, rmSync, type Stats} from 'node:fs';
import {asPath, type ByteString, toText} from '../../archive/byte-string.js';
import type {TarHeader} from '../../archive/tar-header.js';
import type {TarSink} from '../../archive/tar-reader.js';
import {unreachable} from '../../base/bug.js';
import {TsbuildError} from '../../base/error.js';
import {lsetxattr} from '../../linux/xattr.js';
import {isTaken} from '../error-name.js';
import {EntryFailedError, LinkTargetError, ReservedNameError, UnsafeEntryError} from '../errors.js';
import {isDirectory, OPAQUE_XATTR} from '../overlay-form.js';
import type {ApplyCounts} from './apply-counts.js';
import {copyUp} from './copy-up.js';
import {EntryFile} from './entry-file.js';
import {componentsOf, type EntryName, readEntryName} from './entry-name.js';
import {nodeOf} from './entry-node.js';
import type {Metadata} from './file-maker.js';
import {lstat} from './lower-stack.js';
import type {TargetDirectory, TargetTree} from './target-tree.js';

export interface ApplierOptions {
  /** Where the names of the tar begin. */
  readonly base: TargetDirectory;
  /** False: the tar is no layer, and names that begin with .wh. are refused. */
  readonly whiteouts: boolean;
  /** Instead of the owners in the tar. */
  readonly owner?: {readonly uid: number; readonly gid: number};
}

const YES = Buffer.from('y');

export class EntryApplier implements TarSink {
  readonly #tree: TargetTree;
  readonly #options: ApplierOptions;
  readonly #counts = {files: 0, directories: 0, links: 0, nodes: 0, whiteouts: 0, bytes: 0};
  /** Directories by the name the tar uses for them. */
  readonly #known = new Map<ByteString, TargetDirectory>();
  #open: EntryFile | undefined;

  constructor(tree: TargetTree, options: ApplierOptions) {
    this.#tree = tree;
    this.#options = options;
  }

  get counts(): ApplyCounts {
    return {...this.#counts, recorded: this.#tree.files.recorded};
  }

  entry(header: TarHeader): void {
    this.#guard(header, () => this.#place(header, readEntryName(header.name)));
  }

  /** Failures of the kernel name the entry. */
  #guard(header: TarHeader, action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof TsbuildError && !isTaken(error)) throw error;
      throw new EntryFailedError(toText(header.name), error);
    }
  }

  #place(header: TarHeader, name: EntryName): void {
    const marker = name.kind === 'opaque' || name.kind === 'whiteout' || name.kind === 'ignored';
    if (marker && !this.#options.whiteouts) throw new ReservedNameError(toText(header.name));
    switch (name.kind) {
      case 'ignored':
        return;
      case 'root':
        if (header.type !== 'directory') return;
        this.#tree.files.changeDirectory(this.#options.base.path, this.#metadata(header));
        return;
      case 'opaque':
        this.#opaque(this.#directory(name.directory, header));
        break;
      case 'whiteout':
        this.#whiteout(this.#directory(name.directory, header), name.name);
        break;
      case 'entry':
        this.#make(header, this.#directory(name.directory, header), name);
        break;
      default:
        unreachable(name);
    }
  }

  /** The directory of the root that a name in the tar means, present in the upper. */
  #directory(name: ByteString, header: TarHeader): TargetDirectory {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const {uid, gid} = this.#options.owner ?? {uid: 0, gid: 0};
    const implied = {mode: 0o755, uid, gid, mtime: Math.floor(header.mtime)};
    const directory = this.#tree.makeDirectories(
      this.#tree.locate(name, this.#options.base),
      implied,
    );
    this.#tree.touch(directory);
    this.#known.set(name, directory);
    return directory;
  }

  #opaque(directory: TargetDirectory): void {
    lsetxattr(asPath(directory.path), OPAQUE_XATTR, YES);
    directory.lowers = [];
    this.#known.clear();
    this.#counts.whiteouts++;
  }

  /** Whiteouts speak of lower layers only: what this layer made of the name stays, but hides what was below. */
  #whiteout(directory: TargetDirectory, name: ByteString): void {
    const path = `${directory.path}/${name}`;
    this.#counts.whiteouts++;
    try {
      this.#tree.files.makeWhiteout(path);
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (!isDirectory(lstat(path) as Stats)) return;
      lsetxattr(asPath(path), OPAQUE_XATTR, YES);
      this.#known.clear();
    }
  }

  #make(
    header: TarHeader,
    directory: TargetDirectory,
    entry: {readonly directory: ByteString; readonly name: ByteString},
  ): void {
    const path = `${directory.path}/${entry.name}`;
    const key = entry.directory === '' ? entry.name : `${entry.directory}/${entry.name}`;
    const before = this.#known.get(key);
    const isDirectoryEntry = header.type === 'directory';
    // A name that led elsewhere through a lower symlink, or was a directory, means this entry from now on.
    if (before !== undefined && !(isDirectoryEntry && before.path === path)) this.#known.clear();
    if (isDirectoryEntry) {
      this.#known.set(key, this.#makeDirectory(directory, entry.name, this.#metadata(header)));
      this.#counts.directories++;
      return;
    }
    try {
      this.#makeOther(header, directory, path);
    } catch (error) {
      if (!isTaken(error)) throw error;
      this.#remove(path);
      this.#makeOther(header, directory, path);
    }
  }

  #makeDirectory(parent: TargetDirectory, name: ByteString, metadata: Metadata): TargetDirectory {
    try {
      return this.#tree.makeDirectory(parent, name, metadata);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    const path = `${parent.path}/${name}`;
    const found = this.#tree.look(parent, name);
    if (found !== undefined && isDirectory(found.stat)) {
      this.#tree.files.changeDirectory(path, metadata);
      return this.#tree.enter(parent, name, found);
    }
    this.#remove(path);
    // As after a whiteout: what the removed file hid stays hidden.
    this.#tree.files.makeWhiteout(path);
    return this.#tree.makeDirectory(parent, name, metadata);
  }

  #makeOther(header: TarHeader, parent: TargetDirectory, path: ByteString): void {
    const metadata = this.#metadata(header);
    switch (header.type) {
      case 'file':
        this.#open = new EntryFile(this.#tree.files, header, {path, parent, metadata});
        this.#counts.files++;
        return;
      case 'hard-link':
        this.#link(header, path);
        this.#counts.links++;
        return;
      case 'symlink':
        if (header.linkName === '' || header.linkName.includes('\0')) {
          throw new UnsafeEntryError(toText(header.name), 'a symlink to no path');
        }
        this.#tree.files.makeSymlink(path, header.linkName, parent, metadata);
        this.#counts.links++;
        return;
      default:
        this.#tree.files.makeNode(path, nodeOf(header), parent, metadata);
        this.#counts.nodes++;
    }
  }

  /** The target's own symlinks are followed inside the root up to its last name, which is linked as it is. */
  #link(header: TarHeader, path: ByteString): void {
    const components = componentsOf(header.linkName, header.name);
    const last = components.pop();
    const missing = () => new LinkTargetError(toText(header.name), toText(header.linkName));
    if (last === undefined) throw missing();
    const {directory, names} = this.#tree.locate(components.join('/'), this.#options.base);
    const found = names.length > 0 ? undefined : this.#tree.look(directory, last);
    if (found === undefined || isDirectory(found.stat)) throw missing();
    const target = `${directory.path}/${last}`;
    if (target === path) throw missing();
    if (found.path !== target) copyUp(this.#tree, directory, last, found);
    linkSync(asPath(target), asPath(path));
  }

  #remove(path: ByteString): void {
    const there = lstat(path);
    if (there !== undefined && isDirectory(there)) {
      this.#tree.files.forget(path);
      this.#known.clear();
    }
    rmSync(asPath(path), {recursive: true, force: true});
  }

  #metadata(header: TarHeader): Metadata {
    const {uid, gid} = this.#options.owner ?? header;
    const metadata = {mode: header.mode, uid, gid, mtime: Math.floor(header.mtime)};
    return header.xattrs === undefined ? metadata : {...metadata, xattrs: header.xattrs};
  }

  data(bytes: Buffer): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#counts.bytes += bytes.length;
    this.#guard(open.header, () => open.write(bytes));
  }

  close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#guard(open.header, () => open.close());
  }

  /** Lets go of what a failure left open. */
  release(): void {
    this.#open?.release();
    this.#open = undefined;
  }
}
