/**
 * Where a build's files come from: a directory with its Dockerfile, and what is ignored of it.
 *
 * A directory of the machine is read in place. What comes on stdin is an archive, unpacked into the store's ingest and
 * gone with it, or the text of a Dockerfile, whose context is empty.
 * Source  docker build's reference: `-f` is relative to the working directory and may lie outside the context, but inside an
 *         archive it is relative to its top; `<Dockerfile>.dockerignore` beats `.dockerignore`; an archive is taken whole.
 */
import {existsSync, mkdirSync, statSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import type {Ingest} from '../../content/ingest.js';
import {BuildContextError, StdinTwiceError} from '../errors.js';
import {type Dockerfile, dockerfileIn, readDockerfile, readDockerfileFrom} from './dockerfile.js';
import {type IgnoreFile, noIgnoreFile, readIgnoreFile} from './ignore-file.js';
import {type Archive, archiveOrText} from './stdin.js';
import {unpackContext} from './unpack-context.js';

export interface BuildContext {
  /** Absolute. */
  readonly directory: string;
  readonly dockerfile: Dockerfile;
  readonly ignore: IgnoreFile;
  /** What the build is called where nobody named it. */
  readonly name: string;
}

export interface ContextRequest {
  /** A directory, or `-` for stdin. */
  readonly context: string;
  /** A path, or `-` for stdin; by default `Dockerfile` in the context. */
  readonly dockerfile?: string | undefined;
}

export interface ContextPlace {
  /** For what has to be unpacked. */
  readonly ingest: Ingest;
  readonly stdin: AsyncIterable<Uint8Array>;
}

export async function openBuildContext(
  request: ContextRequest,
  place: ContextPlace,
): Promise<BuildContext> {
  const {context, dockerfile} = request;
  if (context !== '-') return openDirectory(request, place);
  if (dockerfile === '-') throw new StdinTwiceError();
  const input = await archiveOrText(place.stdin);
  const directory = place.ingest.draft();
  mkdirSync(directory);
  const common = {directory, ignore: noIgnoreFile, name: 'stdin'};
  if (input.kind === 'text') return {...common, dockerfile: {name: 'Dockerfile', text: input.text}};
  return {...common, dockerfile: await unpacked(input, directory, dockerfile)};
}

async function unpacked(
  {bytes}: Archive,
  directory: string,
  dockerfile: string | undefined,
): Promise<Dockerfile> {
  await unpackContext(bytes, directory);
  return dockerfileIn(directory, dockerfile);
}

async function openDirectory(
  {context, dockerfile}: ContextRequest,
  {stdin}: ContextPlace,
): Promise<BuildContext> {
  const directory = contextDirectory(context);
  const common = {directory, name: basename(directory)};
  if (dockerfile === '-') {
    const text = await readDockerfileFrom(stdin);
    const ignore = readIgnoreFile(directory);
    return {...common, dockerfile: {name: 'Dockerfile', text}, ignore};
  }
  const path = dockerfile === undefined ? discover(directory) : resolve(dockerfile);
  const ignore = readIgnoreFile(directory, path);
  return {...common, dockerfile: {name: basename(path), text: readDockerfile(path)}, ignore};
}

/** Absolute. Throws BuildContextError when there is no such directory. */
export function contextDirectory(path: string): string {
  const stat = statSync(path, {throwIfNoEntry: false});
  if (!stat) throw new BuildContextError(path, 'nothing at that path');
  if (!stat.isDirectory()) throw new BuildContextError(path, 'a file');
  return resolve(path);
}

function discover(directory: string): string {
  const lower = join(directory, 'dockerfile');
  const usual = join(directory, 'Dockerfile');
  return !existsSync(usual) && existsSync(lower) ? lower : usual;
}
