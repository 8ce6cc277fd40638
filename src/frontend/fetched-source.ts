/**
 * What an ADD takes from the network: a file by http, or a commit by git, each in a root of its own.
 *
 * Source  docker's Dockerfile reference, ADD; buildkit v0.26 dockerfile2llb dispatchCopy.
 */
import type {Lines} from '../dockerfile/location.js';
import {type Vertex, vertex} from '../graph/vertex.js';
import {isChecksum} from '../http/checksum.js';
import {literalSource} from '../layer/source/glob.js';
import {GitSourceError} from '../remote/errors.js';
import {
  checkChecksum,
  type GitSource,
  parseGitSource,
  SCP_ADDRESS,
} from '../remote/git/git-source.js';
import {redacted} from '../remote/redacted.js';
import {InvalidValueError} from './errors.js';

/** Flags of the ADD, expanded. */
export interface FetchFlags {
  readonly checksum?: string | undefined;
  readonly keepGitDir?: boolean | undefined;
}

export interface FetchedSource {
  readonly vertex: Vertex;
  /** The source of a COPY from there. */
  readonly path: string;
  readonly isFile: boolean;
}

interface Place {
  readonly lines: Lines;
}

export const isRemote = (source: string): boolean =>
  /^(https?|git|ssh):\/\//.test(source) || SCP_ADDRESS.test(source);

/** Throws InvalidValueError. */
export function fetchedSource(address: string, flags: FetchFlags, place: Place): FetchedSource {
  const {lines} = place;
  const common = {inputs: [], name: redacted(address), lines};
  const source = gitSource(address, flags, place);
  if (source !== undefined) {
    return {vertex: vertex({op: {kind: 'git', ...source}, ...common}), path: '.', isFile: false};
  }
  const name = fileName(address, place);
  const {checksum} = flags;
  if (checksum !== undefined && !isChecksum(checksum)) {
    throw new InvalidValueError(
      `invalid checksum: ${JSON.stringify(checksum)}`,
      place,
      'Write sha256: and the 64 digits of the digest.',
    );
  }
  const op = {
    kind: 'http' as const,
    url: address,
    name,
    ...(checksum === undefined ? {} : {checksum}),
  };
  return {vertex: vertex({op, ...common}), path: literalSource(name), isFile: true};
}

function gitSource(address: string, flags: FetchFlags, place: Place): GitSource | undefined {
  try {
    const source = parseGitSource(address);
    return source && withFlags(source, flags);
  } catch (error) {
    if (!(error instanceof GitSourceError)) throw error;
    throw new InvalidValueError(error.message, place, error.hint);
  }
}

/** A flag says the same as the address, or what the address leaves open. */
function withFlags(source: GitSource, {checksum, keepGitDir}: FetchFlags): GitSource {
  const {remote} = source;
  if (checksum !== undefined) checkChecksum(remote, checksum);
  const known = source.checksum ?? checksum;
  if (checksum !== undefined && known !== checksum) {
    throw new GitSourceError(remote, `checksum conflicts: ${known} and ${checksum}`);
  }
  const ref = source.ref ?? known;
  return {
    ...source,
    ...(known === undefined ? {} : {checksum: known}),
    ...(ref === undefined ? {} : {ref}),
    keepGitDir: keepGitDir ?? source.keepGitDir,
  };
}

/** The last name of the path, as the server would decode it. */
function fileName(address: string, place: Place): string {
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw new InvalidValueError(
      `${redacted(address)} is no address of a file or repository`,
      place,
    );
  }
  const name =
    decoded(new URL(address).pathname)
      .split('/')
      .findLast((each) => each !== '') ?? '';
  return name === '' || name === '.' || name === '..' || name.includes('\0') ? '__unnamed__' : name;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
