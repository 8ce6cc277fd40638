/**
 * A network of the test's own that holds 10.24.2.30 and a registry on port 5000, and the field's best-known daemon.json: that
 * registry is the first mirror of Docker Hub, and the private registry that is pushed to.
 */
import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ensureBase, repository} from '../bases/ensure-base.js';
import {needs} from '../helpers/needs.js';
import {verifyRegistry} from '../helpers/verify-registry.js';
import {openPlace, type Place} from './place.js';

const DAEMON =
  '{"registry-mirrors":["http://10.24.2.30:5000","https://mirror.example"],"insecure-registries":["10.24.2.30:5000"]}';

/** Runs the script beside the registry, in that network; `tsbuild` is the executable, `$T` a folder to write to. */
function inNetwork(place: Place, script: string, env: Readonly<Record<string, string>> = {}) {
  const executable = join(repository, 'dist/tsbuild');
  const folder = join(place.directory, 'home');
  mkdirSync(join(folder, '.config/docker'), {recursive: true});
  writeFileSync(join(folder, '.config/docker/daemon.json'), DAEMON);
  const serve = `registry serve --data '${join(place.directory, 'registry')}' --host 10.24.2.30 --port 5000`;
  const lines = [
    'ip link set lo up',
    'ip address add 10.24.2.30/32 dev lo',
    `exec '${executable}' ${serve} -- sh -e -c 'tsbuild() { "${executable}" "$@"; }; ${script}'`,
  ];
  const variables = {...process.env, HOME: folder, XDG_CONFIG_HOME: '', T: place.directory, ...env};
  const {status, stdout, stderr} = spawnSync(
    'unshare',
    ['--net', 'sh', '-e', '-c', lines.join('\n')],
    {
      env: variables,
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    },
  );
  return {code: status, stdout, stderr};
}

test('the seven-step app is built from a base that comes through the first mirror, pushed, and run where nothing of it is', async (context) => {
  needs(context, 'root');
  await using place = await openPlace('root');
  const base = await ensureBase('python');
  cpSync(join(repository, 'fixtures/hello'), join(place.directory, 'app'), {recursive: true});
  const script = `
    export TSBUILD_ROOT=$T/filler
    tsbuild load -q < ${base} >&2
    tsbuild tag python:3.11-slim 10.24.2.30:5000/library/python:3.11-slim
    tsbuild push -q --compression uncompressed 10.24.2.30:5000/library/python:3.11-slim >&2
    export TSBUILD_ROOT=$T/builder
    tsbuild build --progress plain --push -t 10.24.2.30:5000/hello $T/app
    tsbuild image ls
    export TSBUILD_ROOT=$T/runner
    tsbuild run --rm 10.24.2.30:5000/hello
    tsbuild image ls -q`;
  const {code, stdout, stderr} = inNetwork(place, script);
  expect({code, stderr}).toMatchObject({code: 0});
  const [imageID = '', ...rest] = stdout.trim().split('\n');
  expect(imageID).toMatch(/^sha256:[0-9a-f]{64}$/);
  const short = imageID.slice(7, 19);
  expect(rest.at(-2)).toBe('Hello World');
  expect(rest.at(-1)).toBe(short);
  expect(stderr).toContain('load metadata for docker.io/library/python:3.11-slim');
  expect(stderr).toMatch(/pull layer [0-9a-f]{12}/);
  expect(stderr).not.toContain('skipped');
  const {tags} = verifyRegistry(join(place.directory, 'registry'));
  expect([...tags.keys()].sort()).toEqual(['hello:latest', 'library/python:3.11-slim']);
});

test('a base is not fetched when every step hits, nor anything when offline; what is missing says so', async (context) => {
  needs(context, 'root');
  await using place = await openPlace('root');
  const files = place.context({Dockerfile: 'FROM busybox\nRUN echo hi > /hi\nENV A=b\n'});
  const script = `
    export TSBUILD_ROOT=$T/store
    tsbuild load -q < ${await ensureBase('busybox')} >&2
    tsbuild build -q -t out ${files} >&2
    tsbuild tag busybox 10.24.2.30:5000/library/busybox
    tsbuild push -q 10.24.2.30:5000/library/busybox >&2
    tsbuild rmi -f busybox 10.24.2.30:5000/library/busybox out >&2
    tsbuild build --progress plain --pull ${files} 2> $T/again
    tsbuild build -q --offline ${files}
    tsbuild run --rm --offline busybox cat /none || echo "exit $?"
    export TSBUILD_ROOT=$T/empty
    tsbuild run --rm --pull never busybox true || echo "exit $?"
    tsbuild run --rm --offline busybox true || echo "exit $?"
    tsbuild build --offline ${files} || echo "exit $?"`;
  const {code, stdout, stderr} = inNetwork(place, script);
  expect({code, stderr}).toMatchObject({code: 0});
  const again = readFileSync(join(place.directory, 'again'), 'utf8');
  expect(again).toContain('load metadata for docker.io/library/busybox:latest');
  expect(again).toContain('CACHED');
  expect(again).not.toContain('pull layer');
  const [first, second, ...exits] = stdout.trim().split('\n');
  expect(second).toBe(first);
  // Its layer is unpacked under the cached steps, so that it runs: there is no such file.
  expect(exits).toEqual(['exit 1', 'exit 125', 'exit 125', 'exit 1']);
  for (const each of ['E_IMAGE_NOT_FOUND', 'E_OFFLINE']) expect(stderr).toContain(each);
});
