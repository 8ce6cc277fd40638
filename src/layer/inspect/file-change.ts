/** What one file is to another that stood, or stands, in the same place. */
import {type ByteString, toText} from '../../archive/byte-string.js';
import type {EntryType, TarHeader} from '../../archive/tar-header.js';
import {extentOf, type FileNode} from './file-node.js';

export interface FileChange {
  /** Without a slash at either end. */
  readonly path: string;
  readonly change: 'added' | 'changed' | 'deleted';
  readonly type: EntryType;
  /** Of a deleted directory: all that was in it. */
  readonly files: number;
  readonly bytes: number;
  /** Of a changed file: what differs. None where it was written again as it was. */
  readonly aspects: readonly Aspect[];
}

export interface Aspect {
  readonly name:
    | 'type'
    | 'content'
    | 'target'
    | 'device'
    | 'mode'
    | 'owner'
    | 'attributes'
    | 'time';
  readonly was: string;
  readonly now: string;
}

export interface Compared {
  /** False: times do not count. */
  readonly times: boolean;
  /** True: a file that was written again as it was counts as changed. */
  readonly rewrites: boolean;
}

/** Undefined where there is nothing on either side, and of a directory that stays what it is. */
export function changeOf(
  path: ByteString,
  {before, after}: {readonly before: FileNode | undefined; readonly after: FileNode | undefined},
  compared: Compared,
): FileChange | undefined {
  const there = after ?? before;
  if (there === undefined) return undefined;
  const shared = {path: toText(path), type: there.header.type};
  if (before === undefined) return {...shared, ...sizeOf(there), change: 'added', aspects: []};
  if (after === undefined) {
    return {...shared, ...extentOf(before), change: 'deleted', aspects: []};
  }
  const aspects = aspectsOf(before, after, compared);
  const counts = compared.rewrites && after.children === undefined;
  if (aspects.length === 0 && !counts) return undefined;
  return {...shared, ...sizeOf(after), change: 'changed', aspects};
}

const sizeOf = ({children, bytes}: FileNode) => ({files: children === undefined ? 1 : 0, bytes});

/** In the order people ask for them; of another type, nothing else. */
function aspectsOf(was: FileNode, now: FileNode, {times}: Compared): readonly Aspect[] {
  if (was === now) return [];
  const {header: before} = was;
  const {header: after} = now;
  if (before.type !== after.type) return [{name: 'type', was: before.type, now: after.type}];
  const pairs: Aspect[] = [
    ...contentOf(was, now),
    {name: 'target', was: toText(before.linkName), now: toText(after.linkName)},
    {name: 'device', was: deviceOf(before), now: deviceOf(after)},
    {name: 'mode', was: octal(before.mode), now: octal(after.mode)},
    {name: 'owner', was: ownerOf(before), now: ownerOf(after)},
    {name: 'attributes', was: attributesOf(before), now: attributesOf(after)},
  ];
  if (times) pairs.push({name: 'time', was: timeOf(before), now: timeOf(after)});
  return pairs.filter((pair) => pair.was !== pair.now);
}

/** Files of one size are read, unless they are the same file. */
function contentOf(was: FileNode, now: FileNode): Aspect[] {
  if (was.digest === undefined || now.digest === undefined || was.digest === now.digest) return [];
  if (was.header.size !== now.header.size) {
    return [{name: 'content', was: `${was.header.size} bytes`, now: `${now.header.size} bytes`}];
  }
  return [{name: 'content', was: was.digest(), now: now.digest()}];
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
const ownerOf = ({uid, gid}: TarHeader): string => `${uid}:${gid}`;
const deviceOf = ({deviceMajor, deviceMinor}: TarHeader): string => `${deviceMajor}:${deviceMinor}`;
const timeOf = ({mtime}: TarHeader): string => new Date(Math.floor(mtime) * 1000).toISOString();

const attributesOf = ({xattrs}: TarHeader): string =>
  [...(xattrs ?? [])]
    .map(([name, value]) => `${name}=${value.toString('hex')}`)
    .sort()
    .join(' ');
