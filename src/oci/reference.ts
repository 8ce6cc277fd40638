/**
 * What a person types to name an image: `[host[:port]/]path[:tag][@digest]`.
 *
 *   hello                   docker.io/library/hello:latest
 *   10.24.2.30:5000/hello   host 10.24.2.30:5000, path hello, tag latest
 *   localhost:5000          docker.io/library/localhost:5000, for there is no slash
 *
 * The first part is a host only with `.`, `:` or upper case in it, or when it is `localhost`. Tag and digest may both be there: then the digest
 * decides, the tag is what people read.
 *
 * Source  distribution/reference v0.6 (normalize.go, regexp.go), the grammar docker, podman and containerd share.
 */
import {type Digest, isDigest} from './digest.js';
import {InvalidReferenceError} from './errors.js';

export interface Reference {
  /** Host with its port, as written: `docker.io`, `10.24.2.30:5000`, `[::1]:5000`. */
  readonly domain: string;
  /** The repository's path at that host: `library/hello`. */
  readonly path: string;
  /** Absent only when there is a digest. */
  readonly tag?: string;
  readonly digest?: Digest;
}

const DEFAULT_DOMAIN = 'docker.io';
const DEFAULT_TAG = 'latest';
const OFFICIAL = 'library/';

const LONGEST = 1024;
const LONGEST_PATH = 255;
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const DOMAIN = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/** Whether `text` can name a repository at a registry: `library/hello`. */
export const isRepositoryPath = (text: string): boolean =>
  text.length <= LONGEST_PATH && PATH.test(text);

export const isTag = (text: string): boolean => TAG.test(text);

/** Adds what is implied: docker.io, library/, latest. Throws InvalidReferenceError. */
export function parseReference(text: string): Reference {
  if (text === '') throw new InvalidReferenceError(text, 'want a name');
  if (text.length > LONGEST) throw new InvalidReferenceError(text, 'too long');
  const {name, tag, digest} = cut(text);
  const {domain, path} = place(name);
  check(text, domain, path);
  if (tag !== undefined && !isTag(tag)) {
    throw new InvalidReferenceError(text, 'want a tag of 1 to 128 letters, digits, _, . and -');
  }
  if (digest === undefined) return {domain, path, tag: tag ?? DEFAULT_TAG};
  if (!isDigest(digest)) {
    throw new InvalidReferenceError(text, 'want sha256 and 64 hexadecimal digits after @');
  }
  return tag === undefined ? {domain, path, digest} : {domain, path, tag, digest};
}

/** Undefined where the text is none: an id may be. */
export function referenceIn(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReferenceError) return undefined;
    throw error;
  }
}

/** Whether what a person typed has neither tag nor digest, before one is implied. */
export function isRepositoryAlone(text: string): boolean {
  const {tag, digest} = cut(text);
  return tag === undefined && digest === undefined;
}

interface Cut {
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

function cut(text: string): Cut {
  const at = text.indexOf('@');
  const front = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const colon = front.lastIndexOf(':');
  if (colon <= front.lastIndexOf('/')) return {name: front, tag: undefined, digest};
  return {name: front.slice(0, colon), tag: front.slice(colon + 1), digest};
}

function place(name: string): {domain: string; path: string} {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  if (!isHost(first)) return {domain: DEFAULT_DOMAIN, path: official(name)};
  const rest = name.slice(slash + 1);
  if (first === DEFAULT_DOMAIN || first === 'index.docker.io') {
    return {domain: DEFAULT_DOMAIN, path: official(rest)};
  }
  return {domain: first, path: rest};
}

const isHost = (first: string): boolean =>
  /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();

const official = (path: string): string => (path.includes('/') ? path : `${OFFICIAL}${path}`);

function check(text: string, domain: string, path: string): void {
  if (!DOMAIN.test(domain)) {
    throw new InvalidReferenceError(text, `want a host name, got ${JSON.stringify(domain)}`);
  }
  if (path !== path.toLowerCase()) {
    throw new InvalidReferenceError(text, 'repository name must be lowercase');
  }
  if (!PATH.test(path)) {
    throw new InvalidReferenceError(
      text,
      'want a repository name of lower-case letters, digits and single . _ or - between them',
    );
  }
  if (path.length > LONGEST_PATH) {
    throw new InvalidReferenceError(text, `want a name of at most ${LONGEST_PATH} characters`);
  }
  // docker reads 64 hexadecimal digits as an image id, never as a name.
  if (/^(?:library\/)?[0-9a-f]{64}$/.test(path) && domain === DEFAULT_DOMAIN) {
    throw new InvalidReferenceError(text, 'want a name, got the digits of an image id');
  }
}

/** The whole name, nothing implied: what is stored. */
export const formatReference = (reference: Reference): string =>
  `${repositoryOf(reference)}${suffix(reference)}`;

/** As short as `parseReference` still understands the same: what people read. */
export const familiarReference = (reference: Reference): string =>
  `${familiarRepository(reference)}${suffix(reference)}`;

/** Host and path: `docker.io/library/hello`. */
export const repositoryOf = ({domain, path}: Reference): string => `${domain}/${path}`;

/** `hello` for docker.io/library/hello: the REPOSITORY column of listings. */
export function familiarRepository({domain, path}: Reference): string {
  if (domain !== DEFAULT_DOMAIN) return `${domain}/${path}`;
  const name = path.slice(OFFICIAL.length);
  if (path.startsWith(OFFICIAL) && !name.includes('/')) return name;
  return isHost(path.slice(0, path.indexOf('/'))) ? `${domain}/${path}` : path;
}

const suffix = ({tag, digest}: Reference): string =>
  `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
