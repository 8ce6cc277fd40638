/**
 * Puts what select.ts found under a destination in a root, by COPY's rules (FEATURES A22, A24, A25).
 *
 *   - A directory as source gives its content; a file goes to the destination, or into it when that is a directory.
 *   - A destination that ends with a slash, or that takes several sources, is a directory.
 *   - Missing directories are made, 0755 and of the copy's owner (0:0 without one); --chmod does not touch them.
 *   - The destination's symlinks are followed inside the root, and so is one that stands where a directory goes.
 *   - A file over a directory, and a directory over a file, are errors; a file or symlink over a file replaces it.
 *   - Hard links among the sources become separate files. Times are kept in whole seconds.
 *
 * Everything is written into the upper directory, nothing needs a mount; see target-tree.ts.
 */
import {type ByteString, fromText, toText} from '../archive/byte-string.js';
import {now} from '../base/clock.js';
import {DestinationNotDirectoryError} from './errors.js';
import {parseMode} from './file-mode.js';
import {type ManifestEntry, readManifest} from './manifest.js';
import {type Target, type TargetDirectory, TargetTree} from './target-tree.js';
import {TreeCopy} from './tree-copy.js';

export interface CopyRequest {
  /** Where the selection was made. */
  readonly root: string;
  /** TreeSelection.manifest. */
  readonly manifest: string;
  readonly target: Target;
  /** Absolute in the target's root. */
  readonly destination: string;
  /** Of everything copied, and of the directories made for it; else the owners of the selection. */
  readonly owner?: {readonly uid: number; readonly gid: number};
  /** COPY --chmod: octal or symbolic. */
  readonly mode?: string;
  /** Time of the directories made for the destination, in seconds; else now. */
  readonly madeAt?: number;
}

export interface CopyCounts {
  readonly files: number;
  readonly bytes: number;
  /** Owners and nodes written down because the kernel refused them. */
  readonly recorded: number;
}

interface Source {
  readonly opening: ManifestEntry;
  readonly entries: ManifestEntry[];
}

/**
 * Throws IsADirectoryError, NotADirectoryError, DestinationNotDirectoryError, BadModeError, FileChangedError,
 * SymlinkLoopError, EntryFailedError; after a throw the upper holds part of the copy.
 */
export function copyTree(request: CopyRequest): CopyCounts {
  const tree = new TargetTree(request.target);
  const owner = request.owner ?? {uid: 0, gid: 0};
  const made = {
    mode: 0o755,
    ...owner,
    mtime: request.madeAt ?? Math.floor(now().getTime() / 1000),
  };
  const copy = new TreeCopy({
    root: fromText(request.root),
    tree,
    owner: request.owner,
    change: request.mode === undefined ? undefined : parseMode(request.mode),
  });
  const sources = sourcesOf(request.manifest);
  if (sources.length > 1 && sources.some(isSingleFile) && !request.destination.endsWith('/')) {
    checkDirectory(tree, request.destination);
  }
  for (const source of sources) {
    const place = destinationOf(tree, request.destination, source, made);
    copy.source(source.opening, source.entries, place);
  }
  tree.files.finish();
  return {files: copy.files, bytes: copy.bytes, recorded: tree.files.recorded};
}

/** Where a source goes: into a directory's content, or to a name in a directory. */
export type Place =
  | {readonly kind: 'content'; readonly directory: TargetDirectory}
  | {readonly kind: 'name'; readonly directory: TargetDirectory; readonly name: ByteString};

function destinationOf(
  tree: TargetTree,
  destination: string,
  source: Source,
  made: {mode: number; uid: number; gid: number; mtime: number},
): Place {
  const location = tree.locate(fromText(destination));
  const isDirectory = !isSingleFile(source);
  if (isDirectory || destination.endsWith('/') || location.names.length === 0) {
    const directory = tree.makeDirectories(location, made);
    return isDirectory
      ? {kind: 'content', directory}
      : {kind: 'name', directory, name: source.opening.link};
  }
  const names = [...location.names];
  const name = names.pop() as ByteString;
  const directory = tree.makeDirectories({...location, names, found: undefined}, made);
  return {kind: 'name', directory, name};
}

const isSingleFile = (source: Source): boolean => source.entries[0]?.kind !== 'directory';

function checkDirectory(tree: TargetTree, destination: string): void {
  const {names} = tree.locate(fromText(destination));
  if (names.length > 0) throw new DestinationNotDirectoryError(toText(destination));
}

function sourcesOf(manifest: string): Source[] {
  const sources: Source[] = [];
  for (const entry of readManifest(manifest)) {
    if (entry.kind === 'source') sources.push({opening: entry, entries: []});
    else sources.at(-1)?.entries.push(entry);
  }
  return sources.filter((source) => source.entries.length > 0);
}

/** Whether a copy of one file into this destination would keep the file's own name: it is a directory. */
export function isDirectoryIn(target: Target, destination: string): boolean {
  if (destination.endsWith('/')) return true;
  return new TargetTree(target).locate(fromText(destination)).names.length === 0;
}
