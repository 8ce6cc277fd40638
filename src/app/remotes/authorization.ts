/**
 * Secrets of a build that open hosts: for ADD of files HTTP_AUTH_HEADER_<host> and HTTP_AUTH_TOKEN_<host>, for repositories
 * GIT_AUTH_HEADER and GIT_AUTH_TOKEN, alone or with `.<host>` behind.
 *
 * Source  docker build's documentation, "Git authentication for remote contexts"; buildkit v0.26 source/git, source/http.
 */
import type {NetworkAccess} from '../../remote/git/git.js';
import type {Secrets} from '../../solver/executors/run-settings.js';

/** Value of the header Authorization. */
export function fileAuthorization(host: string, secrets: Secrets): string | undefined {
  const header = read(secrets, [`HTTP_AUTH_HEADER_${host}`]);
  if (header !== undefined) return header;
  const token = read(secrets, [`HTTP_AUTH_TOKEN_${host}`]);
  return token === undefined ? undefined : `Bearer ${token}`;
}

export function gitAuthorization(
  remote: string,
  secrets: Secrets,
): NetworkAccess['authorization'] | undefined {
  if (!/^https?:/.test(remote)) return undefined;
  const {host, origin, pathname} = new URL(remote);
  const named = (name: string): string | undefined => read(secrets, [`${name}.${host}`, name]);
  const value = headerOf(named('GIT_AUTH_HEADER'), named('GIT_AUTH_TOKEN'));
  if (value === undefined) return undefined;
  // Submodules of github.com are mostly its own: they get the token too, as with docker.
  return {scope: host === 'github.com' ? `${origin}/` : `${origin}${pathname}`, value};
}

/** A header may also be the name of a scheme, whose credentials are the token. */
function headerOf(header: string | undefined, token: string | undefined): string | undefined {
  if (token === undefined) return header;
  const scheme = header?.trim().toLowerCase();
  if (scheme === undefined) return `basic ${base64(`x-access-token:${token}`)}`;
  if (scheme === 'basic') return `basic ${base64(token)}`;
  return scheme === 'bearer' ? `Bearer ${token}` : header;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function read(secrets: Secrets, ids: readonly string[]): string | undefined {
  for (const id of ids) {
    const value = secrets.read(id);
    if (value !== undefined) return Buffer.from(value).toString('utf8').trim();
  }
  return undefined;
}
