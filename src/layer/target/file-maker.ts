/**
 * Makes files with the owner, mode, attributes and time they shall have, in the only order that keeps them all.
 *
 * chown clears setuid bits and file capabilities, and a write clears capabilities: so content, owner, attributes, mode,
 * time. A directory's mode and time wait for `finish`, when nothing more is made inside it.
 * Owners and nodes that the kernel refuses here are written down (overlay-form.ts) and counted in `recorded`.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {asPath, type ByteString} from '../../archive/byte-string.js';
import {mknod} from '../../linux/node.js';
import {lgetxattr, lsetxattr} from '../../linux/xattr.js';
import {errorName, isTaken} from '../error-name.js';
import {NodeRefusedError} from '../errors.js';
import {
  CAPABILITY_XATTR,
  isKeptXattr,
  NODE_XATTR,
  OWNER_XATTR,
  S_IFBLK,
  S_IFCHR,
} from '../overlay-form.js';
import {type RecordedOwners, writeRecordedOwners} from './recorded-owners.js';

export interface Metadata {
  /** Permission bits, up to 07777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whole seconds. */
  readonly mtime: number;
  readonly xattrs?: ReadonlyMap<string, Buffer>;
}

/** Where something is made. */
export interface Parent {
  readonly path: ByteString;
  /** From the root, for what is written down. */
  readonly inside: ByteString;
  /** Whether new files take over its group. */
  readonly isSetgid: boolean;
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

export class FileMaker {
  readonly #uid = process.geteuid?.() ?? 0;
  readonly #gid = process.getegid?.() ?? 0;
  readonly #umask = process.umask();
  readonly #modeIsExact: boolean;
  readonly #upper: ByteString;
  readonly #refused = new Set<string>();
  readonly #directories = new Map<ByteString, {mode: number; mtime: number}>();
  readonly #owners: RecordedOwners = {};
  #recorded = 0;

  constructor(upper: ByteString) {
    this.#upper = upper;
    // A default ACL decides modes instead of the umask.
    this.#modeIsExact = lgetxattr(asPath(upper), 'system.posix_acl_default') === undefined;
  }

  /** Owners, devices and capabilities that are written down instead of set. */
  get recorded(): number {
    return this.#recorded;
  }

  /** The descriptor is for writing the content; throws EEXIST when the name is taken. */
  openFile(path: ByteString, metadata: Metadata): number {
    const mode = metadata.xattrs === undefined ? metadata.mode & 0o777 : 0o600;
    return openSync(asPath(path), CREATE, mode);
  }

  closeFile(file: number, path: ByteString, parent: Parent, metadata: Metadata): void {
    const {mode, xattrs} = metadata;
    try {
      const chowned = this.#own(parent, metadata, (uid, gid) => fchownSync(file, uid, gid));
      if (!chowned) this.#recordOwner(path, metadata);
      if (xattrs !== undefined) this.#setXattrs(path, xattrs);
      const exact = this.#modeIsExact && (mode & (this.#umask | 0o7000)) === 0;
      if (!exact || xattrs !== undefined) fchmodSync(file, mode);
      futimesSync(file, metadata.mtime, metadata.mtime);
    } finally {
      closeSync(file);
    }
  }

  /** Throws EEXIST when the name is taken. */
  makeDirectory(path: ByteString, parent: Parent, metadata: Metadata): void {
    mkdirSync(asPath(path), (metadata.mode & 0o777) | 0o700);
    this.#dressDirectory(path, parent, metadata);
  }

  /** Gives an existing directory new metadata. */
  changeDirectory(path: ByteString, metadata: Metadata): void {
    this.#dressDirectory(path, undefined, metadata);
  }

  #dressDirectory(path: ByteString, parent: Parent | undefined, metadata: Metadata): void {
    const {uid, gid, mode, mtime, xattrs} = metadata;
    const chowned =
      parent === undefined
        ? this.#chown(uid, gid, (user, group) => lchownSync(asPath(path), user, group))
        : this.#own(parent, metadata, (user, group) => lchownSync(asPath(path), user, group));
    if (!chowned) this.#recordOwner(path, metadata);
    if (xattrs !== undefined) this.#setXattrs(path, xattrs);
    this.#directories.set(path, {mode, mtime});
  }

  /** A directory is about to be removed: nothing in it waits any more. */
  forget(path: ByteString): void {
    this.#directories.delete(path);
    for (const entry of readdirSync(asPath(path), {encoding: 'latin1', withFileTypes: true})) {
      if (entry.isDirectory()) this.forget(`${path}/${entry.name}`);
    }
  }

  makeSymlink(path: ByteString, target: ByteString, parent: Parent, metadata: Metadata): void {
    symlinkSync(asPath(target), asPath(path));
    const chowned = this.#own(parent, metadata, (uid, gid) => lchownSync(asPath(path), uid, gid));
    if (!chowned) {
      this.#recorded++;
      this.#owners[path.slice(this.#upper.length + 1)] = [metadata.uid, metadata.gid];
    }
    lutimesSync(asPath(path), metadata.mtime, metadata.mtime);
  }

  /** A device or FIFO: `kind` is its file type bits. */
  makeNode(
    path: ByteString,
    node: {readonly kind: number; readonly device: number},
    parent: Parent,
    metadata: Metadata,
  ): void {
    try {
      mknod(asPath(path), node.kind | (metadata.mode & 0o777), node.device);
    } catch (error) {
      const code = errorName(error);
      const isDevice = node.kind === S_IFCHR || node.kind === S_IFBLK;
      if (!isDevice || (code !== 'EPERM' && code !== 'EACCES')) throw error;
      this.#standIn(path, node, parent, metadata);
      return;
    }
    const chowned = this.#own(parent, metadata, (uid, gid) => lchownSync(asPath(path), uid, gid));
    if (!chowned) {
      this.#recorded++;
      this.#owners[path.slice(this.#upper.length + 1)] = [metadata.uid, metadata.gid];
    }
    chmodSync(asPath(path), metadata.mode);
    utimesSync(asPath(path), metadata.mtime, metadata.mtime);
  }

  #standIn(
    path: ByteString,
    node: {readonly kind: number; readonly device: number},
    parent: Parent,
    metadata: Metadata,
  ): void {
    writeFileSync(asPath(path), '', {mode: 0o600, flag: 'wx'});
    const letter = node.kind === S_IFCHR ? 'c' : 'b';
    lsetxattr(asPath(path), NODE_XATTR, Buffer.from(`${letter}:${node.device}`));
    this.#recorded++;
    const file = openSync(asPath(path), constants.O_WRONLY | constants.O_NOFOLLOW);
    this.closeFile(file, path, parent, {...metadata, xattrs: new Map()});
  }

  /** Whiteouts need no privilege since Linux 5.8. */
  makeWhiteout(path: ByteString): void {
    try {
      mknod(asPath(path), S_IFCHR, 0);
    } catch (error) {
      if (isTaken(error)) throw error;
      throw new NodeRefusedError(path, error);
    }
  }

  /** Sets what waited for the directories to be complete, and writes down the owners of links and nodes. */
  finish(): void {
    for (const [path, {mode, mtime}] of [...this.#directories].reverse()) {
      chmodSync(asPath(path), mode);
      utimesSync(asPath(path), mtime, mtime);
    }
    this.#directories.clear();
    writeRecordedOwners(this.#upper, this.#owners);
  }

  /** True when the file has the owner, set or by itself. */
  #own(parent: Parent, owner: Metadata, chown: (uid: number, gid: number) => void): boolean {
    const {uid, gid} = owner;
    if (uid === this.#uid && gid === this.#gid && !parent.isSetgid) return true;
    return this.#chown(uid, gid, chown);
  }

  #chown(uid: number, gid: number, chown: (uid: number, gid: number) => void): boolean {
    const key = `${uid}:${gid}`;
    if (this.#refused.has(key)) return false;
    try {
      chown(uid, gid);
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      // EINVAL: the id is outside the user namespace's map.
      if (code !== 'EPERM' && code !== 'EINVAL') throw error;
      this.#refused.add(key);
      return false;
    }
  }

  #recordOwner(path: ByteString, {uid, gid}: Metadata): void {
    this.#recorded++;
    lsetxattr(asPath(path), OWNER_XATTR, Buffer.from(`${uid}:${gid}`));
  }

  #setXattrs(path: ByteString, xattrs: ReadonlyMap<string, Buffer>): void {
    for (const [name, value] of xattrs) {
      if (!isKeptXattr(name)) continue;
      try {
        lsetxattr(asPath(path), name, value);
      } catch (error) {
        if (name !== 'security.capability') throw error;
        this.#recorded++;
        lsetxattr(asPath(path), CAPABILITY_XATTR, value);
      }
    }
  }
}
