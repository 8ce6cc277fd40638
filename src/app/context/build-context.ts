/**
 * Where a build's files come from: a directory with its Dockerfile, and what is ignored of it.
 *
 * A directory of the machine is read in place. What comes on stdin is an archive, unpacked into the store's ingest and
 * gone with it, or the text of a Dockerfile, whose context is empty. So is what an address leads to (remote-context.ts), unless
 * there is a directory of that name.
 * Source  docker build's reference: `-f` is relative to the working directory and may lie outside the context, but inside an
 *         archive it is relative to its top; `<Dockerfile>.dockerignore` beats `.dockerignore`; an archive is taken whole.
 */
import {existsSync, statSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import {BuildContextError, StdinTwiceError} from '../errors.js';
import {type Dockerfile, readDockerfile, readDockerfileFrom} from './dockerfile.js';
import {type IgnoreFile, noIgnoreFile, readIgnoreFile} from './ignore-file.js';
import {
  dockerfileOf,
  downloadDockerfile,
  isWebAddress,
  openRemoteContext,
  openStream,
  type RemotePlace,
} from './remote-context.js';

export interface BuildContext {
  /** Absolute. */
  readonly directory: string;
  readonly dockerfile: Dockerfile;
  readonly ignore: IgnoreFile;
  /** Files of this machine have no time of their own. */
  readonly time?: Date | undefined;
  /** What the build is called where nobody named it. */
  readonly name: string;
}

export interface ContextRequest {
  /** A directory, `-` for stdin, or an address. */
  readonly context: string;
  /** A path, `-` for stdin, or an address; by default `Dockerfile` in the context. */
  readonly dockerfile?: string | undefined;
  /** As `--build-arg`. */
  readonly buildArgs?: readonly string[];
}

export interface ContextPlace extends RemotePlace {
  readonly stdin: AsyncIterable<Uint8Array>;
}

export async function openBuildContext(
  request: ContextRequest,
  place: ContextPlace,
): Promise<BuildContext> {
  const {context, dockerfile} = request;
  if (isDirectory(context)) return openDirectory(request, place);
  if (context === '-' && dockerfile === '-') throw new StdinTwiceError();
  const opened =
    context === '-'
      ? await openStream(place.stdin, 'stdin', place)
      : await openRemoteContext(context, {keepGitDir: keepsGitDir(request)}, place);
  if (opened === undefined) return openDirectory(request, place);
  const given = await dockerfileApart(dockerfile, place);
  return {...opened, dockerfile: given ?? dockerfileOf(opened, dockerfile), ignore: noIgnoreFile};
}

/** Undefined when it is in the context, or a file of this machine. */
async function dockerfileApart(
  dockerfile: string | undefined,
  place: ContextPlace,
): Promise<Dockerfile | undefined> {
  if (dockerfile === '-') {
    return {name: 'Dockerfile', text: await readDockerfileFrom(place.stdin)};
  }
  const isAddress = dockerfile !== undefined && isWebAddress(dockerfile);
  return isAddress ? downloadDockerfile(dockerfile, place) : undefined;
}

/** An argument of docker's. */
const keepsGitDir = ({buildArgs = []}: ContextRequest): boolean =>
  buildArgs.some((each) => /^BUILDKIT_CONTEXT_KEEP_GIT_DIR=(1|t|true)$/i.test(each));

async function openDirectory(
  {context, dockerfile}: ContextRequest,
  place: ContextPlace,
): Promise<BuildContext> {
  const directory = contextDirectory(context);
  const common = {directory, name: basename(directory)};
  const given = await dockerfileApart(dockerfile, place);
  if (given !== undefined) {
    return {...common, dockerfile: given, ignore: readIgnoreFile(directory)};
  }
  const path = dockerfile === undefined ? discover(directory) : resolve(dockerfile);
  const ignore = readIgnoreFile(directory, path);
  return {...common, dockerfile: {name: basename(path), text: readDockerfile(path)}, ignore};
}

const isDirectory = (path: string): boolean =>
  statSync(path, {throwIfNoEntry: false})?.isDirectory() === true;

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
