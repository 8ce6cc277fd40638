/**
 * `npm run demo`: builds fixtures/hello twice and runs it, in a store of its own, and says how long each took.
 *
 * Needs Debian's packages once, for the base image; no registry, no root.
 */
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {userInfo} from 'node:os';
import {join, relative} from 'node:path';
import {performance} from 'node:perf_hooks';
import {basesDirectory, ensureBase, repository} from '../bases/ensure-base.js';
import {removingStore} from '../helpers/enter.js';
import {missingTools} from './missing-tools.js';

const executable = join(repository, 'dist/tsbuild');
const store = join(basesDirectory, `demo-store-${userInfo().uid}`);
const say = (text: string) => void process.stdout.write(`${text}\n`);

/** Runs it before the reader's eyes; a failure ends the demo with its exit code. */
function tsbuild(...args: string[]): string {
  say(`\n$ tsbuild ${args.map((arg) => relative(repository, arg) || arg).join(' ')}`);
  const start = performance.now();
  const {status, stdout, error} = spawnSync(executable, args, {
    cwd: repository,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {...process.env, TSBUILD_ROOT: store},
  });
  process.stdout.write(stdout);
  say(`(${((performance.now() - start) / 1000).toFixed(2)} s)`);
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
  return stdout.trim();
}

/** So that the first build is a cold one. */
function removeStore(): void {
  const {status} = spawnSync(executable, removingStore(repository, store), {stdio: 'inherit'});
  if (status !== 0) process.exit(status ?? 1);
}

for (const line of missingTools()) say(line);
if (!existsSync(executable)) process.exit(1);

say('Base image, from Debian packages:');
const start = performance.now();
const archive = await ensureBase('python');
say(`${relative(repository, archive)} (${((performance.now() - start) / 1000).toFixed(1)} s)`);

removeStore();
const context = join(repository, 'fixtures/hello');
tsbuild('doctor');
tsbuild('load', '--quiet', '-i', archive);
const first = tsbuild('build', '--progress', 'plain', '-t', 'hello', context);
const second = tsbuild('build', '--progress', 'plain', '-t', 'hello', context);
tsbuild('run', '--rm', 'hello');
say(
  `\n${first === second ? 'The second build found every step in the cache.' : 'The two builds differ.'}`,
);
say(`The store is ${relative(repository, store)}; again with: npm run demo`);
process.exit(first === second ? 0 : 1);
