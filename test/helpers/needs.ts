/** What a test needs of the machine, by name; a test that lacks something is skipped and says so. */
import {spawnSync} from 'node:child_process';
import {accessSync, constants, existsSync, readFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import * as zlib from 'node:zlib';
import type {TestContext} from 'vitest';
import {debianSources} from '../bases/apt/sources.js';
import {SSHD} from './ssh-server.js';
import {commandPrefix, hasSubordinateIds, type TestUser, testUser, testUserNames} from './users.js';

const probes = {
  root: () => process.getuid?.() === 0 || 'the tests do not run as root',
  'user namespaces': () => userNamespaces(testUser(testUserNames.at(-1) ?? 'root')),
  'subordinate ids': () => subordinateIDs(testUser(testUserNames.at(-1) ?? 'root')),
  'a package mirror': () => reachable(`${debianSources().split(' ')[2]}/dists/bookworm/InRelease`),
  'the npm registry': () => reachable('https://registry.npmjs.org/is-number'),
  skopeo: () => program('skopeo'),
  sshd: () => existsSync(SSHD) || `${SSHD} is not there`,
  gzip: () => program('gzip'),
  igzip: () => program('igzip'),
  bzip2: () => program('bzip2'),
  xz: () => program('xz'),
  zstd: () => program('zstd'),
  'zstd of Node or as a program': () => 'createZstdCompress' in zlib || program('zstd'),
  podman: () => program('podman'),
  crun: () => program('crun'),
} as const;

export type Need = keyof typeof probes;

const answers = new Map<Need, true | string>();

/** Skips the test, with the reason, when the machine lacks one of them. */
export function needs(context: TestContext, ...wanted: readonly Need[]): void {
  for (const need of wanted) {
    const answer = answers.get(need) ?? probes[need]();
    answers.set(need, answer);
    if (answer !== true) context.skip(`needs ${need}: ${answer}`);
  }
}

function userNamespaces(user: TestUser): true | string {
  if (user.uid === 0) return true;
  const [first = '', ...rest] = [...commandPrefix(user), 'unshare', '--user', '--mount', 'true'];
  const {status, stderr} = spawnSync(first, rest, {encoding: 'utf8'});
  return status === 0 || stderr.trim();
}

function subordinateIDs(user: TestUser): true | string {
  if (user.uid === 0) return true;
  if (!hasSubordinateIds(user.name)) return `${user.name} has none in /etc/subuid and /etc/subgid`;
  return program('newuidmap');
}

function program(name: string): true | string {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(directory, name), constants.X_OK);
      return true;
    } catch {}
  }
  return `${name} is not on the PATH`;
}

function reachable(url: string): true | string {
  const ask = `fetch(${JSON.stringify(url)}, {method: 'HEAD', signal: AbortSignal.timeout(15000)})
    .then(({status}) => process.exit(status < 400 ? 0 : 1), () => process.exit(1))`;
  return spawnSync(process.execPath, ['-e', ask]).status === 0 || `no answer from ${url}`;
}

/** The machine's own certificate authorities, which know a proxy that reads TLS if there is one. */
export const caBundle = '/etc/ssl/certs/ca-certificates.crt';

export function hasCABundle(): boolean {
  try {
    return readFileSync(caBundle).length > 0;
  } catch {
    return false;
  }
}
