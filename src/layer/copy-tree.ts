/**
 * Puts what select.ts found under a destination in a root, by COPY's rules.
 *
 *   - A directory as source gives its content; a file goes to the destination, or into it when that is a directory.
 *   - A destination that ends with a slash, or that takes several sources, is a directory.
 *   - Missing directories are made, 0755 and of the copy's owner (0:0 without one); --chmod does not touch them.
 *   - The destination's symlinks are followed inside the root, and so is one that stands where a directory goes.
 *   - A file over a directory, and a directory over a file, are errors; a file or symlink over a file replaces it.
 *   - Hard links among the sources become separate files. Times are kept in whole seconds.
 */
import {readdirSync} from 'node:fs';
import {type ByteString, fromText} from '../archive/byte-string.js';
import {now} from '../base/clock.js';
import {DestinationNotDirectoryError} from './errors.js';
import type {LayerSummary} from './layer-summary.js';
import {type Manifest, type ManifestSource, readSources} from './manifest.js';
import {summarize} from './summarize.js';
import {TarHasher} from './tar-hasher.js';
import {copyContent, copyContentBeside} from './target/copy-content.js';
import {EarlierLayer} from './target/earlier-layer.js';
import type {Metadata} from './target/file-maker.js';
import {parseMode} from './target/file-mode.js';
import {headerOf} from './target/metadata.js';
import {type Target, type TargetDirectory, TargetTree} from './target/target-tree.js';
import {type CopyOptions, isFresh, named, type Place, TreeCopy} from './target/tree-copy.js';

export interface CopyRequest {
  /** Where the selection was made. */
  readonly root: string;
  readonly manifest: Manifest;
  readonly target: Target;
  /** Absolute in the target's root. */
  readonly destination: string;
  /** Of everything copied, and of the directories made for it; else the owners of the selection. */
  readonly owner?: {readonly uid: number; readonly gid: number};
  /** COPY --chmod: octal or symbolic. */
  readonly mode?: string;
  /** Time of the directories made for the destination, in seconds; else now. */
  readonly madeAt?: number;
  /** A layer on the same file system, whose files serve again where they come out the same. */
  readonly earlier?: string | undefined;
}

export interface CopyCounts {
  readonly files: number;
  readonly bytes: number;
  /** Owners and nodes written down because the kernel refused them. */
  readonly recorded: number;
}

/**
 * Throws IsADirectoryError, NotADirectoryError, DestinationNotDirectoryError, BadModeError, FileChangedError,
 * SymlinkLoopError, EntryFailedError; after a throw the upper holds part of the copy.
 */
export function copyTree(request: CopyRequest): CopyCounts {
  const {tree, options, placeOf} = prepare(request);
  const copy = new TreeCopy(options);
  for (const source of readSources(request.manifest)) {
    for (const large of copy.source(source.opening, source.entries, placeOf(source))) {
      const {source: from, file, entry} = large;
      named(entry, () => copyContent(from, file, entry.size));
      copy.close(large);
    }
  }
  tree.files.finish();
  return {files: copy.files, bytes: copy.bytes, recorded: tree.files.recorded};
}

/** `copyTree` and `summarize` at once: where the copy is all of the layer, its files are read only once. */
export async function copyLayer(request: CopyRequest): Promise<LayerSummary> {
  const isAll = readdirSync(request.target.upper).length === 0 && request.manifest.sources === 1;
  const {tree, options, placeOf} = prepare(request);
  let tar: TarHasher | undefined;
  let copy: TreeCopy | undefined;
  for (const source of readSources(request.manifest)) {
    const place = placeOf(source);
    if (isAll && comesInOrder(place, tree)) tar = hasherBelow(place.directory, tree);
    copy ??= new TreeCopy({...options, tar});
    for (const large of copy.source(source.opening, source.entries, place)) {
      const {source: from, file, entry} = large;
      await copyContentBeside(from, file, entry.size, (bytes) => tar?.large(bytes));
      copy.close(large);
    }
  }
  tree.files.finish();
  const isExact = tree.files.recorded === 0 && copy?.hasPlainTimes === true;
  if (tar !== undefined && isExact) return tar.finish();
  return summarize(request.target.upper, {known: copy?.largeDigests ?? new Map()});
}

/** Whether the files of a copy into here come in the order of the layer's tar: nothing is merged, nothing led elsewhere. */
const comesInOrder = (place: Place, tree: TargetTree): boolean =>
  place.kind === 'name' ||
  isFresh(place.directory) ||
  (place.directory === tree.root && tree.root.lowers.length === 0);

function hasherBelow(directory: TargetDirectory, tree: TargetTree): TarHasher {
  const tar = new TarHasher();
  openDirectories(tar, tree, directory);
  return tar;
}

/** The directories above the copy are in the layer too. */
function openDirectories(tar: TarHasher, tree: TargetTree, directory: TargetDirectory): void {
  if (directory.parent === undefined) return;
  openDirectories(tar, tree, directory.parent);
  tree.touch(directory);
  if (directory.metadata === undefined) return;
  tar.header(
    headerOf({kind: 'directory', size: 0, link: ''}, `${directory.inside}/`, directory.metadata),
  );
}

interface Prepared {
  readonly tree: TargetTree;
  readonly options: CopyOptions;
  readonly placeOf: (source: ManifestSource) => Place;
}

function prepare(request: CopyRequest): Prepared {
  const {target, destination, owner, mode, madeAt, manifest, earlier} = request;
  const tree = new TargetTree(target);
  if (manifest.sources > 1 && manifest.singles > 0 && !isDirectoryIn(target, destination)) {
    throw new DestinationNotDirectoryError(destination);
  }
  const mtime = madeAt ?? Math.floor(now().getTime() / 1000);
  const made = {mode: 0o755, ...(owner ?? {uid: 0, gid: 0}), mtime};
  const change = mode === undefined ? undefined : parseMode(mode);
  return {
    tree,
    options: {
      root: fromText(request.root),
      tree,
      owner,
      change,
      earlier: earlier === undefined ? undefined : new EarlierLayer(earlier),
    },
    placeOf: (source) => placeIn(tree, {destination: fromText(destination), source, made}),
  };
}

function placeIn(
  tree: TargetTree,
  copy: {
    readonly destination: ByteString;
    readonly source: ManifestSource;
    readonly made: Metadata;
  },
): Place {
  const {destination, source, made} = copy;
  const location = tree.locate(destination);
  const isDirectory = source.first.kind === 'directory';
  if (isDirectory || destination.endsWith('/') || location.names.length === 0) {
    const directory = tree.makeDirectories(location, made);
    if (isDirectory) return {kind: 'content', directory};
    return {kind: 'name', directory, name: source.opening.link};
  }
  const names = [...location.names];
  const name = names.pop() as ByteString;
  const directory = tree.makeDirectories({...location, names, found: undefined}, made);
  return {kind: 'name', directory, name};
}

/** Whether a copy of one file to this destination keeps the file's own name: it is a directory. */
export function isDirectoryIn(target: Target, destination: string): boolean {
  if (destination.endsWith('/')) return true;
  return new TargetTree(target).locate(fromText(destination)).names.length === 0;
}
