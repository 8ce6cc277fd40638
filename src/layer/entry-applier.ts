/** Carries out a layer's entries, one after the other, in the order the tar has them. */
import {
  closeSync,
  ftruncateSync,
  linkSync,
  rmSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import {asPath, type ByteString, toText} from '../archive/byte-string.js';
import type {TarHeader} from '../archive/tar-header.js';
import type {TarSink} from '../archive/tar-reader.js';
import {unreachable} from '../base/bug.js';
import {TsbuildError} from '../base/error.js';
import {makeDevice} from '../linux/node.js';
import {lsetxattr} from '../linux/xattr.js';
import {copyUp} from './copy-up.js';
import {componentsOf, readEntryName} from './entry-name.js';
import {isTaken} from './error-name.js';
import {EntryFailedError, LinkTargetError, UnsafeEntryError} from './errors.js';
import type {FileMaker, Metadata} from './file-maker.js';
import {lstat} from './lower-stack.js';
import {isDirectory, OPAQUE_XATTR, S_IFBLK, S_IFCHR, S_IFIFO} from './overlay-form.js';
import {type Target, type TargetDirectory, TargetTree} from './target-tree.js';

export interface ApplyCounts {
  files: number;
  directories: number;
  links: number;
  nodes: number;
  whiteouts: number;
  /** Content of the files. */
  bytes: number;
  /** Owners and nodes written down because the kernel refused them. */
  recorded: number;
}

interface OpenFile {
  readonly file: number;
  readonly path: ByteString;
  readonly parent: TargetDirectory;
  readonly header: TarHeader;
  readonly metadata: Metadata;
  /** Where the next byte goes in a sparse file, and which segment that is. */
  segment: number;
  inSegment: number;
}

export interface ApplierOptions {
  /** False: names that begin with .wh. are refused; for archives that are not layers. */
  readonly whiteouts: boolean;
  /** Names are inside this directory of the root. */
  readonly below?: ByteString;
  /** Instead of the owners in the tar. */
  readonly owner?: {readonly uid: number; readonly gid: number};
}

export class EntryApplier implements TarSink {
  readonly counts: ApplyCounts = {
    files: 0,
    directories: 0,
    links: 0,
    nodes: 0,
    whiteouts: 0,
    bytes: 0,
    recorded: 0,
  };
  readonly #tree: TargetTree;
  readonly #files: FileMaker;
  /** Directories by the name the tar uses for them. */
  readonly #known = new Map<ByteString, TargetDirectory>();
  #open: OpenFile | undefined;

  constructor(target: Target) {
    this.#tree = new TargetTree(target);
    this.#files = this.#tree.files;
  }

  entry(header: TarHeader): void {
    try {
      this.#place(header);
    } catch (error) {
      if (error instanceof TsbuildError) throw error;
      throw new EntryFailedError(toText(header.name), error);
    }
  }

  #place(header: TarHeader): void {
    const name = readEntryName(header.name);
    switch (name.kind) {
      case 'ignored':
        return;
      case 'root':
        if (header.type === 'directory') {
          this.#files.changeDirectory(this.#tree.root.path, metadataOf(header));
        }
        return;
      case 'opaque': {
        const directory = this.#directory(name.directory, header);
        lsetxattr(asPath(directory.path), OPAQUE_XATTR, Buffer.from('y'));
        directory.lowers = [];
        this.#known.clear();
        this.counts.whiteouts++;
        return;
      }
      case 'whiteout':
        this.#whiteout(this.#directory(name.directory, header), name.name);
        return;
      case 'entry':
        this.#make(header, this.#directory(name.directory, header), name);
        return;
      default:
        unreachable(name);
    }
  }

  /** The directory of the root that a name in the tar means, present in the upper. */
  #directory(name: ByteString, header: TarHeader): TargetDirectory {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const implied = {mode: 0o755, uid: 0, gid: 0, mtime: Math.floor(header.mtime)};
    const directory = this.#tree.makeDirectories(this.#tree.locate(name), implied);
    this.#tree.touch(directory);
    this.#known.set(name, directory);
    return directory;
  }

  /** Whiteouts speak of lower layers only: what this layer made of the name stays, but hides what was below. */
  #whiteout(directory: TargetDirectory, name: ByteString): void {
    const path = `${directory.path}/${name}`;
    this.counts.whiteouts++;
    try {
      this.#files.makeWhiteout(path);
    } catch (error) {
      if (!isTaken(error)) throw error;
      if (isDirectory(lstat(path) as Stats))
        lsetxattr(asPath(path), OPAQUE_XATTR, Buffer.from('y'));
    }
  }

  #make(
    header: TarHeader,
    directory: TargetDirectory,
    {directory: parentName, name}: {directory: ByteString; name: ByteString},
  ): void {
    const path = `${directory.path}/${name}`;
    const key = parentName === '' ? name : `${parentName}/${name}`;
    if (header.type === 'directory') {
      this.#known.set(key, this.#makeDirectory(directory, name, metadataOf(header)));
      this.counts.directories++;
      return;
    }
    // A name that led elsewhere through a lower symlink, or was a directory, means this file from now on.
    if (this.#known.has(key)) this.#known.clear();
    try {
      this.#makeOther(header, directory, path);
    } catch (error) {
      if (!isTaken(error)) throw error;
      this.#remove(path);
      this.#makeOther(header, directory, path);
    }
  }

  #makeDirectory(parent: TargetDirectory, name: ByteString, metadata: Metadata): TargetDirectory {
    const path = `${parent.path}/${name}`;
    const before = this.#known.get(parent.inside === '' ? name : `${parent.inside}/${name}`);
    if (before !== undefined && before.path !== path) this.#known.clear();
    try {
      return this.#tree.makeDirectory(parent, name, metadata);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    const there = lstat(path) as Stats;
    if (isDirectory(there)) {
      this.#files.changeDirectory(path, metadata);
      const found = this.#tree.look(parent, name);
      if (found !== undefined) return this.#tree.enter(parent, name, found);
    }
    this.#remove(path);
    // As after a whiteout: what the removed file hid stays hidden.
    this.#files.makeWhiteout(path);
    return this.#tree.makeDirectory(parent, name, metadata);
  }

  #makeOther(header: TarHeader, directory: TargetDirectory, path: ByteString): void {
    const metadata = metadataOf(header);
    switch (header.type) {
      case 'file': {
        const file = this.#files.openFile(path, metadata);
        this.#open = {file, path, parent: directory, header, metadata, segment: 0, inSegment: 0};
        this.counts.files++;
        return;
      }
      case 'hard-link':
        this.#link(header, path);
        this.counts.links++;
        return;
      case 'symlink':
        if (header.linkName === '' || header.linkName.includes('\0')) {
          throw new UnsafeEntryError(toText(header.name), 'a symlink to no path');
        }
        this.#files.makeSymlink(path, header.linkName, directory, metadata);
        this.counts.links++;
        return;
      default:
        this.#node(header, directory, path);
        this.counts.nodes++;
    }
  }

  #node(header: TarHeader, directory: TargetDirectory, path: ByteString): void {
    const {type, deviceMajor, deviceMinor} = header;
    if (type === 'fifo') {
      this.#files.makeNode(path, {kind: S_IFIFO, device: 0}, directory, metadataOf(header));
      return;
    }
    const device = makeDevice(deviceMajor, deviceMinor);
    if (deviceMajor < 0 || deviceMajor > 0xfff || deviceMinor < 0 || deviceMinor > 0xfffff) {
      throw new UnsafeEntryError(toText(header.name), 'device numbers out of range');
    }
    if (type === 'character-device' && device === 0) {
      throw new UnsafeEntryError(toText(header.name), 'device 0/0 is an overlay whiteout');
    }
    const kind = type === 'character-device' ? S_IFCHR : S_IFBLK;
    this.#files.makeNode(path, {kind, device}, directory, metadataOf(header));
  }

  /** The target's own symlinks are followed inside the root up to its last name, which is linked as it is. */
  #link(header: TarHeader, path: ByteString): void {
    const components = componentsOf(header.linkName, header.name);
    const last = components.pop();
    const missing = () => new LinkTargetError(toText(header.name), toText(header.linkName));
    if (last === undefined) throw missing();
    const {directory, names} = this.#tree.locate(components.join('/'));
    const found = names.length > 0 ? undefined : this.#tree.look(directory, last);
    if (found === undefined || isDirectory(found.stat)) throw missing();
    const target = `${directory.path}/${last}`;
    if (target === path) throw missing();
    if (found.path !== target) copyUp(this.#tree, directory, last, found);
    linkSync(asPath(target), asPath(path));
  }

  #remove(path: ByteString): void {
    const there = lstat(path);
    if (there === undefined) return;
    if (!isDirectory(there)) {
      unlinkSync(asPath(path));
      return;
    }
    rmSync(asPath(path), {recursive: true, force: true});
    this.#files.forget(path);
    this.#known.clear();
  }

  data(bytes: Buffer): void {
    const open = this.#open;
    if (open === undefined) return;
    this.counts.bytes += bytes.length;
    try {
      if (open.header.sparse === undefined) writeAll(open.file, bytes, null);
      else this.#writeSegments(open, bytes);
    } catch (error) {
      throw new EntryFailedError(toText(open.header.name), error);
    }
  }

  #writeSegments(open: OpenFile, bytes: Buffer): void {
    const segments = open.header.sparse ?? [];
    let from = 0;
    while (from < bytes.length) {
      const segment = segments[open.segment];
      if (segment === undefined) return;
      const length = Math.min(bytes.length - from, segment.length - open.inSegment);
      writeAll(open.file, bytes.subarray(from, from + length), segment.offset + open.inSegment);
      from += length;
      open.inSegment += length;
      if (open.inSegment === segment.length) {
        open.segment++;
        open.inSegment = 0;
      }
    }
  }

  close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    try {
      if (open.header.sparse !== undefined) ftruncateSync(open.file, open.header.size);
      this.#files.closeFile(open.file, open.path, open.parent, open.metadata);
    } catch (error) {
      throw new EntryFailedError(toText(open.header.name), error);
    }
  }

  /** Sets what waited for the whole layer. */
  finish(): void {
    this.#files.finish();
    this.counts.recorded = this.#files.recorded;
  }

  /** Lets go of what a failure left open. */
  release(): void {
    if (this.#open === undefined) return;
    closeSync(this.#open.file);
    this.#open = undefined;
  }
}

function writeAll(file: number, bytes: Buffer, position: number | null): void {
  for (let from = 0; from < bytes.length; ) {
    const at = position === null ? null : position + from;
    from += writeSync(file, bytes, from, bytes.length - from, at);
  }
}

const metadataOf = (header: TarHeader): Metadata => ({
  mode: header.mode,
  uid: header.uid,
  gid: header.gid,
  mtime: Math.floor(header.mtime),
  ...(header.xattrs === undefined ? {} : {xattrs: header.xattrs}),
});
