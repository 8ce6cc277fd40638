/**
 * A root → files in a directory of the person who asked: everything belongs to whoever runs this, as docker has it.
 *
 *   - Modes, times in whole seconds, symlinks and hard links are kept; attributes where the file system takes them.
 *   - What is there stays, unless a file of the root has its name; `mode: 'delete'` removes it.
 *   - A symlink in the destination is replaced, never followed: nothing is written outside.
 *
 * Throws  EntryFailedError naming the file; what was written before it stays.
 * Source  docker's reference, local exporter; fsutil's disk writer.
 */
import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import {asPath, type ByteString, fromText, toText} from '../../archive/byte-string.js';
import type {TarHeader} from '../../archive/tar-header.js';
import {removeTree} from '../../base/remove-tree.js';
import {makeDevice, mknod} from '../../linux/node.js';
import {lsetxattr} from '../../linux/xattr.js';
import {type WalkEntry, withTimes} from '../entry-walk.js';
import {EntryFailedError} from '../errors.js';
import {S_IFBLK, S_IFCHR, S_IFIFO} from '../overlay-form.js';
import {copyContent} from '../target/copy-content.js';
import {MergedWalk} from './merged-walk.js';

export interface ExportTreeRequest {
  /** Directories of the layers, topmost first. */
  readonly layers: readonly string[];
  /** Made when it is not there. */
  readonly destination: string;
  readonly mode: 'copy' | 'delete';
  /** Of every file, in seconds; else its own. */
  readonly mtime?: number | undefined;
}

export interface ExportedTree {
  readonly files: number;
  readonly bytes: number;
}

export function exportTree({layers, destination, mode, mtime}: ExportTreeRequest): ExportedTree {
  mkdirSync(destination, {recursive: true});
  const root = fromText(destination);
  const walk = withTimes(new MergedWalk(layers), (own) => mtime ?? own);
  const directories: TarHeader[] = [];
  const names = new Set<ByteString>();
  let files = 0;
  let bytes = 0;
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    place(root, entry);
    const {header} = entry;
    if (header.type === 'directory') directories.push(header);
    if (mode === 'delete') names.add(plainName(header));
    files++;
    bytes += header.size;
  }
  if (mode === 'delete') removeOthers(root, names);
  // Last, and from the inside out: what is made in a directory changes its time, and needs its permission.
  for (const header of directories.reverse()) finishDirectory(root, header);
  return {files, bytes};
}

const plainName = ({name}: TarHeader): ByteString => name.replace(/\/$/, '');

function place(root: ByteString, {header, path: source}: WalkEntry): void {
  const path = `${root}/${plainName(header)}`;
  try {
    clear(path, header);
    make(path, {root, header, source});
    if (header.type !== 'hard-link') setAttributes(path, header);
  } catch (cause) {
    throw new EntryFailedError(toText(path), cause);
  }
}

/** A directory stays where a directory goes. */
function clear(path: ByteString, {type}: TarHeader): void {
  const there = lstatSync(asPath(path), {throwIfNoEntry: false});
  if (there === undefined || (type === 'directory' && there.isDirectory())) return;
  removeTree(asPath(path));
}

interface Making {
  readonly root: ByteString;
  readonly header: TarHeader;
  readonly source: ByteString;
}

function make(path: ByteString, {root, header, source}: Making): void {
  const {type, mode, mtime, linkName} = header;
  switch (type) {
    case 'directory':
      mkdirSync(asPath(path), {recursive: true, mode: 0o700});
      return;
    case 'symlink':
      symlinkSync(asPath(linkName), asPath(path));
      lutimesSync(asPath(path), mtime, mtime);
      return;
    case 'hard-link':
      linkSync(asPath(`${root}/${linkName}`), asPath(path));
      return;
    case 'file':
      makeFile(path, header, source);
      return;
    default:
      mknod(
        asPath(path),
        nodeKinds[type] | mode,
        makeDevice(header.deviceMajor, header.deviceMinor),
      );
      chmodSync(asPath(path), mode);
      utimesSync(asPath(path), mtime, mtime);
  }
}

const nodeKinds = {
  'character-device': S_IFCHR,
  'block-device': S_IFBLK,
  fifo: S_IFIFO,
} as const;

function makeFile(path: ByteString, {size, mode, mtime}: TarHeader, source: ByteString): void {
  const file = openSync(asPath(path), 'wx', 0o600);
  try {
    copyContent(source, file, size);
    fchmodSync(file, mode);
    futimesSync(file, mtime, mtime);
  } finally {
    closeSync(file);
  }
}

/** What a file system does not take is left out, as docker leaves it out. */
function setAttributes(path: ByteString, {xattrs}: TarHeader): void {
  for (const [name, value] of xattrs ?? []) {
    try {
      lsetxattr(asPath(path), name, value);
    } catch {
      // Not a property of the content.
    }
  }
}

function finishDirectory(root: ByteString, header: TarHeader): void {
  const path = asPath(`${root}/${plainName(header)}`);
  chmodSync(path, header.mode);
  utimesSync(path, header.mtime, header.mtime);
}

function removeOthers(root: ByteString, names: ReadonlySet<ByteString>, inside = ''): void {
  for (const entry of readdirSync(asPath(root + inside), {
    encoding: 'latin1',
    withFileTypes: true,
  })) {
    const name = `${inside}/${entry.name}`;
    if (!names.has(name.slice(1))) removeTree(asPath(root + name));
    else if (entry.isDirectory()) removeOthers(root, names, name);
  }
}
