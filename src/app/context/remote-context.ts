/**
 * Contexts that are no directory of this machine: a git repository, an archive or a Dockerfile alone, by http or on stdin. Unpacked into
 * the store's ingest and taken whole: no ignore file counts.
 *
 * Source  docker build's reference, "Git repositories" and "Remote tarballs"; buildkit v0.26 frontend/dockerui/context.go, which tells
 *         an archive from a Dockerfile by its content.
 */
import {createReadStream, mkdirSync} from 'node:fs';
import {basename} from 'node:path';
import {now} from '../../base/clock.js';
import {removeTree} from '../../base/remove-tree.js';
import type {Ingest} from '../../content/ingest.js';
import {checkOut, timeOf} from '../../remote/git/checkout.js';
import {type GitSource, parseGitContext} from '../../remote/git/git-source.js';
import type {BuildRemotes} from '../remotes/open-remotes.js';
import {type Dockerfile, dockerfileIn, readDockerfileFrom} from './dockerfile.js';
import {newestTime} from './newest-time.js';
import {archiveOrText} from './stdin.js';
import {unpackContext} from './unpack-context.js';

export interface RemotePlace {
  readonly ingest: Ingest;
  readonly remotes: BuildRemotes;
  readonly signal: AbortSignal;
}

export interface RemoteContext {
  readonly directory: string;
  readonly name: string;
  /** Where the context is nothing else. */
  readonly dockerfile?: Dockerfile;
  /** Of the commit, of the file by its server, or of the newest entry of an archive. */
  readonly time?: Date | undefined;
}

export const isWebAddress = (text: string): boolean => /^https?:\/\//.test(text);

/** Undefined when the text means no such place. */
export async function openRemoteContext(
  context: string,
  {keepGitDir}: {readonly keepGitDir: boolean},
  place: RemotePlace,
): Promise<RemoteContext | undefined> {
  const source = parseGitContext(context);
  if (source !== undefined) {
    return openRepository({...source, keepGitDir: keepGitDir || source.keepGitDir}, place);
  }
  return isWebAddress(context) ? openDownload(context, place) : undefined;
}

async function openRepository(
  source: GitSource,
  {ingest, remotes, signal}: RemotePlace,
): Promise<RemoteContext> {
  const repository = await remotes.repository(source.remote, signal);
  const pinned = await repository.pin(source);
  const directory = emptyDirectory(ingest);
  const scratch = ingest.draft();
  try {
    await checkOut(repository, {source, pinned, into: directory, scratch});
  } finally {
    removeTree(scratch);
  }
  const time = dateOf(await timeOf(repository, pinned.commit));
  return {directory, name: basename(source.remote, '.git'), time};
}

async function openDownload(url: string, place: RemotePlace): Promise<RemoteContext> {
  const name = basename(new URL(url).pathname) || new URL(url).hostname;
  const {remotes, signal} = place;
  const {path, mtime} = await remotes.files.download({url}, {signal});
  const begun = Math.floor(now().getTime() / 1000);
  const opened = await openStream(createReadStream(path), name, place);
  // What is newer was not in an archive: a directory that an entry needed.
  const seconds = mtime === 0 ? newestTime(opened.directory, begun) : mtime;
  return {...opened, time: seconds === undefined ? undefined : dateOf(seconds)};
}

const dateOf = (seconds: number): Date => new Date(seconds * 1000);

/** An archive of the context, or a Dockerfile alone. */
export async function openStream(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  {ingest}: Pick<RemotePlace, 'ingest'>,
): Promise<RemoteContext> {
  const input = await archiveOrText(bytes);
  const directory = emptyDirectory(ingest);
  if (input.kind === 'text') {
    return {directory, name, dockerfile: {name: 'Dockerfile', text: input.text}};
  }
  await unpackContext(input.bytes, directory);
  return {directory, name};
}

/** A Dockerfile by http, as `--file` takes it. */
export async function downloadDockerfile(url: string, place: RemotePlace): Promise<Dockerfile> {
  const {path} = await place.remotes.files.download({url}, {signal: place.signal});
  const text = await readDockerfileFrom(createReadStream(path));
  return {name: basename(new URL(url).pathname) || 'Dockerfile', text};
}

/** The Dockerfile in an unpacked context. */
export const dockerfileOf = (
  {directory, dockerfile}: RemoteContext,
  named: string | undefined,
): Dockerfile => dockerfile ?? dockerfileIn(directory, named);

function emptyDirectory(ingest: Ingest): string {
  const directory = ingest.draft();
  mkdirSync(directory);
  return directory;
}
