/**
 * The root being written: an upper directory over lower ones, all writing going to the upper, no mount needed.
 *
 * Symlinks are followed here, component by component, and never by the kernel: a path cannot leave the root, whatever
 * the layers hold. A directory that only lower layers have appears in the upper (with its mode, owner and time) when
 * something is made inside it.
 */
import {readlinkSync, type Stats, unlinkSync} from 'node:fs';
import {asPath, type ByteString, fromText, toText} from '../../archive/byte-string.js';
import {lsetxattr} from '../../linux/xattr.js';
import {isTaken} from '../error-name.js';
import {NotADirectoryError} from '../errors.js';
import {isDirectory, isSymlink, isWhiteout, OPAQUE_XATTR} from '../overlay-form.js';
import {FileMaker, type Metadata} from './file-maker.js';
import {type Found, lookUp, lstat} from './lower-stack.js';
import {metadataOf} from './metadata.js';
import {PendingPath} from './pending-path.js';

export interface Target {
  /** The layer being made. */
  readonly upper: string;
  /** The layers below, topmost first. */
  readonly lowers: readonly string[];
}

/** A directory of the root, in the upper or not yet. */
export interface TargetDirectory {
  /** Its place in the upper. */
  readonly path: ByteString;
  /** From the root, without a slash at either end; '' is the root. */
  readonly inside: ByteString;
  readonly parent: TargetDirectory | undefined;
  /** The real directories below it, topmost first. */
  lowers: readonly ByteString[];
  exists: boolean;
  /** Made by this writer. */
  readonly isNew: boolean;
  /** What it was given, when this writer made it or brought it up. */
  metadata?: Metadata;
  /** New files take over its group; a mode that says so is set only at the end, so this is about directories found. */
  readonly isSetgid: boolean;
}

/** Where a path leads: a directory, and the names under it that are not there or not directories. */
export interface Location {
  readonly directory: TargetDirectory;
  /** Empty when the path is the directory itself. */
  readonly names: readonly ByteString[];
  /** What stands at the last name, when it is there: never a directory or a symlink. */
  readonly found: Found | undefined;
}

export class TargetTree {
  readonly root: TargetDirectory;
  readonly files: FileMaker;

  constructor(target: Target) {
    const upper = fromText(target.upper);
    this.files = new FileMaker(upper);
    this.root = {
      path: upper,
      inside: '',
      parent: undefined,
      lowers: target.lowers.map(fromText),
      exists: true,
      isNew: false,
      isSetgid: isSetgid(lstat(upper)),
    };
  }

  /** What is at a name now; a whiteout is nothing. */
  look(directory: TargetDirectory, name: ByteString): Found | undefined {
    const {exists, path, lowers} = directory;
    return lookUp(exists ? [path, ...lowers] : lowers, name);
  }

  /** The directory that `found` is. */
  enter(directory: TargetDirectory, name: ByteString, found: Found): TargetDirectory {
    const path = `${directory.path}/${name}`;
    const exists = found.directories[0] === path;
    return {
      path,
      inside: insideOf(directory, name),
      parent: directory,
      lowers: exists ? found.directories.slice(1) : found.directories,
      exists,
      isNew: false,
      isSetgid: isSetgid(found.stat),
    };
  }

  /** Follows symlinks, the last component's too. Throws NotADirectoryError, SymlinkLoopError. */
  locate(path: ByteString, from: TargetDirectory = this.root): Location {
    const pending = new PendingPath(this.root.path, path);
    let at: Location = {
      directory: path.startsWith('/') ? this.root : from,
      names: [],
      found: undefined,
    };
    for (let name = pending.next(); name !== undefined; name = pending.next()) {
      if (at.found !== undefined) throw notDirectory(at.directory, at.names, at.found.stat);
      at = name === '..' ? this.#up(at) : this.#down(at, name, pending);
    }
    return at;
  }

  #up({directory, names}: Location): Location {
    if (names.length > 0) return {directory, names: names.slice(0, -1), found: undefined};
    return {directory: directory.parent ?? this.root, names, found: undefined};
  }

  #down({directory, names}: Location, name: ByteString, pending: PendingPath): Location {
    const here = names.length > 0 ? undefined : this.look(directory, name);
    if (here === undefined) return {directory, names: [...names, name], found: undefined};
    if (isDirectory(here.stat)) {
      return {directory: this.enter(directory, name, here), names, found: undefined};
    }
    if (!isSymlink(here.stat)) return {directory, names: [name], found: here};
    const target = readlinkSync(asPath(here.path), 'latin1');
    pending.follow(target);
    return {directory: target.startsWith('/') ? this.root : directory, names, found: undefined};
  }

  /** The directory at a location, with the missing ones made. Throws NotADirectoryError when a file stands there. */
  makeDirectories(location: Location, metadata: Metadata): TargetDirectory {
    if (location.found !== undefined) {
      throw notDirectory(location.directory, location.names, location.found.stat);
    }
    return location.names.reduce(
      (directory, name) => this.makeDirectory(directory, name, metadata),
      location.directory,
    );
  }

  /** A new directory, merged with what lower layers have there. Throws EEXIST when the upper has the name. */
  makeDirectory(directory: TargetDirectory, name: ByteString, metadata: Metadata): TargetDirectory {
    this.touch(directory);
    const path = `${directory.path}/${name}`;
    const hides = this.#makeInUpper(path, directory, metadata);
    const below = hides ? undefined : lookUp(directory.lowers, name);
    return {
      path,
      inside: insideOf(directory, name),
      parent: directory,
      lowers: below?.directories ?? [],
      exists: true,
      isNew: true,
      metadata,
      isSetgid: directory.isSetgid,
    };
  }

  /** True when the directory took the place of a whiteout, and so hides what the whiteout hid. */
  #makeInUpper(path: ByteString, parent: TargetDirectory, metadata: Metadata): boolean {
    try {
      this.files.makeDirectory(path, parent, metadata);
      return false;
    } catch (error) {
      const there = isTaken(error) ? lstat(path) : undefined;
      if (there === undefined || !isWhiteout(there)) throw error;
      unlinkSync(asPath(path));
      this.files.makeDirectory(path, parent, metadata);
      lsetxattr(asPath(path), OPAQUE_XATTR, Buffer.from('y'));
      return true;
    }
  }

  /** Makes sure that the upper has the directory, like the one below it. */
  touch(directory: TargetDirectory): void {
    if (directory.exists) return;
    const parent = directory.parent as TargetDirectory;
    this.touch(parent);
    const model = directory.lowers[0] as ByteString;
    const metadata = metadataOf(model, lstat(model) as Stats);
    try {
      this.files.makeDirectory(directory.path, parent, metadata);
      directory.metadata = metadata;
    } catch (error) {
      // The same directory was reached by another name.
      if (!isTaken(error)) throw error;
    }
    directory.exists = true;
  }
}

export const insideOf = (directory: TargetDirectory, name: ByteString): ByteString =>
  directory.inside === '' ? name : `${directory.inside}/${name}`;

const isSetgid = (stat: Stats | undefined): boolean =>
  stat !== undefined && (stat.mode & 0o2000) !== 0;

const notDirectory = (
  directory: TargetDirectory,
  names: readonly ByteString[],
  stat: Stats,
): NotADirectoryError =>
  new NotADirectoryError(
    `/${toText(insideOf(directory, names.join('/')))}`,
    isSymlink(stat) ? 'symlink' : 'file',
  );
