/**
 * The address of files in a git repository, as contexts and ADD take it.
 *
 *   https://host/path.git[?KEY=VALUE…][#REF[:DIRECTORY]]    over http(s) the path ends with .git
 *   git://host/path…   ssh://[user@]host/path…   user@host:path…
 *   github.com/path…                                        a context only: https is meant
 *
 * Keys: ref, branch, tag, subdir, commit or checksum, keep-git-dir, submodules, mtime.
 * Source  docker build's reference, "Git repositories"; buildkit v0.26 frontend/dockerfile/dfgitutil/git_ref.go.
 */
import {GitSourceError} from '../errors.js';
import {QUERY_KEYS} from './query-keys.js';

export interface GitSource {
  /** As git takes it. */
  readonly remote: string;
  /** Branch, tag, full name of a ref, or a commit id; the remote's HEAD without one. */
  readonly ref?: string;
  /** Cleaned, relative. */
  readonly subdir?: string;
  /** Hexadecimal digits that the commit's id begins with. */
  readonly checksum?: string;
  readonly keepGitDir: boolean;
  readonly submodules: boolean;
  /** Time of the files: when they were checked out, or when the commit was made. */
  readonly mtime: 'checkout' | 'commit';
}

/** `user@host:path`, as scp has it. */
export const SCP_ADDRESS = /^[\w.-]+@[\w.-]+:(?!\/\/)/;

/** Undefined when the text means something else. Throws GitSourceError when it means a repository and cannot be understood. */
export function parseGitSource(text: string): GitSource | undefined {
  const {address, fragment} = cut(text, '#');
  const scp = SCP_ADDRESS.test(address);
  if (!scp && !isRepositoryURL(address)) return undefined;
  const {address: remote, fragment: query} = cut(address, '?');
  checkRemote(text, remote, scp);
  const {address: ref, fragment: subdir} = cut(fragment, ':');
  const given = readQuery(text, query);
  const source = {
    remote,
    ref: one(text, 'ref', [ref, given.ref]),
    subdir: cleanSubdir(text, one(text, 'subdir', [subdir, given.subdir])),
    checksum: given.checksum,
  };
  const defined = Object.entries(source).filter(([, value]) => value !== undefined && value !== '');
  if (source.checksum !== undefined && source.ref === undefined)
    defined.push(['ref', source.checksum]);
  if (source.ref !== undefined) checkRef(text, source.ref);
  const {keepGitDir, submodules, mtime} = given;
  return {...(Object.fromEntries(defined) as {remote: string}), keepGitDir, submodules, mtime};
}

/** The same for a context, where `github.com/…` is one as well. */
export const parseGitContext = (text: string): GitSource | undefined =>
  parseGitSource(text.startsWith('github.com/') ? githubURL(text) : text);

function githubURL(text: string): string {
  const [, path = '', rest = ''] = /^([^?#]*)(.*)$/s.exec(text) ?? [];
  return `https://${path.endsWith('.git') ? path : `${path}.git`}${rest}`;
}

const isRepositoryURL = (address: string): boolean =>
  /^(git|ssh):\/\//.test(address) || /^https?:\/\/[^?]*\.git(\?|$)/.test(address);

function cut(text: string, mark: string): {readonly address: string; readonly fragment: string} {
  const at = text.indexOf(mark);
  return at === -1
    ? {address: text, fragment: ''}
    : {address: text.slice(0, at), fragment: text.slice(at + 1)};
}

function checkRemote(text: string, remote: string, scp: boolean): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (/[\x00-\x20\x7f]/.test(remote))
    throw new GitSourceError(text, 'blanks and control characters');
  if (!scp && !(/^\w+:\/\/[^/]/.test(remote) && URL.canParse(remote)))
    throw new GitSourceError(text, 'want a URL');
  const host = scp ? remote.slice(remote.indexOf('@') + 1) : new URL(remote).hostname;
  if (host === '' || host.startsWith('-')) throw new GitSourceError(text, 'want a host');
}

/** git-check-ref-format(1), or a commit id. */
function checkRef(text: string, ref: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  const bad = /^-|[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.lock$|[/.]$|^\//;
  if (bad.test(ref)) throw new GitSourceError(text, `no such ref can be: ${JSON.stringify(ref)}`);
}

function cleanSubdir(text: string, subdir: string | undefined): string | undefined {
  if (subdir === undefined) return undefined;
  const names = subdir.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..') || subdir.includes('\0') || names.includes('.git')) {
    throw new GitSourceError(
      text,
      `want a directory of the repository, got ${JSON.stringify(subdir)}`,
    );
  }
  return names.length === 0 ? undefined : names.join('/');
}

/** What several places may say, and must say alike. */
function one(
  text: string,
  what: string,
  values: readonly (string | undefined)[],
): string | undefined {
  const [first, ...others] = new Set(values.filter((value) => value !== undefined && value !== ''));
  if (others.length > 0)
    throw new GitSourceError(text, `${what} conflicts: ${first} and ${others}`);
  return first;
}

interface Query {
  readonly ref: string | undefined;
  readonly subdir: string | undefined;
  readonly checksum: string | undefined;
  readonly keepGitDir: boolean;
  readonly submodules: boolean;
  readonly mtime: 'checkout' | 'commit';
}

function readQuery(text: string, query: string): Query {
  const given = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(query)) {
    if (!QUERY_KEYS.includes(key))
      throw new GitSourceError(text, `unexpected query ${JSON.stringify(key)}`);
    if (given.has(key))
      throw new GitSourceError(text, `query ${JSON.stringify(key)} has multiple values`);
    const isFlag = key === 'keep-git-dir' || key === 'submodules';
    if (value === '' && !isFlag)
      throw new GitSourceError(text, `query ${JSON.stringify(key)} has no value`);
    given.set(key, value);
  }
  const full = (key: string, prefix: string): string | undefined => {
    const value = given.get(key);
    return value === undefined || value.startsWith(prefix) ? value : `${prefix}${value}`;
  };
  const checksum = one(text, 'commit', [given.get('checksum'), given.get('commit')]);
  if (checksum !== undefined) checkChecksum(text, checksum);
  return {
    ref: one(text, 'ref', [
      given.get('ref'),
      full('tag', 'refs/tags/'),
      full('branch', 'refs/heads/'),
    ]),
    subdir: given.get('subdir'),
    checksum,
    keepGitDir: truth(text, given, 'keep-git-dir') ?? false,
    submodules: truth(text, given, 'submodules') ?? true,
    mtime: timeOf(text, given.get('mtime')),
  };
}

/** Throws GitSourceError for what no commit's id begins with. */
export function checkChecksum(text: string, checksum: string): void {
  if (/^[0-9a-f]{7,64}$/.test(checksum)) return;
  throw new GitSourceError(text, `want the digits of a commit id, got ${JSON.stringify(checksum)}`);
}

function truth(text: string, given: ReadonlyMap<string, string>, key: string): boolean | undefined {
  const value = given.get(key);
  if (value === undefined) return undefined;
  if (/^(|1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw new GitSourceError(text, `invalid ${key} value: ${JSON.stringify(value)}`);
}

function timeOf(text: string, value: string | undefined): 'checkout' | 'commit' {
  if (value === undefined || value === 'checkout') return 'checkout';
  if (value === 'commit') return 'commit';
  throw new GitSourceError(text, `want mtime=checkout or commit, got ${JSON.stringify(value)}`);
}
