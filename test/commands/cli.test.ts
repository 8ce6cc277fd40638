import {spawn, spawnSync} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {expect, test} from 'vitest';
import manifest from '../../package.json' with {type: 'json'};

/** The bundle as `npm run build` made it. */
const bundle = fileURLToPath(new URL('../../dist/bin.js', import.meta.url));

function tsbuild(...args: string[]) {
  const {status, stdout, stderr} = spawnSync(process.execPath, [bundle, ...args], {
    encoding: 'utf8',
    input: 'this must not be read as an argument\n',
  });
  return {code: status, stdout, stderr};
}

test.each([['version'], ['--version'], ['-v']])('%s prints the version', (word) => {
  expect(tsbuild(word)).toEqual({code: 0, stdout: `tsbuild ${manifest.version}\n`, stderr: ''});
});

test.each([
  {args: ['nope'], told: 'unknown command: nope'},
  {args: ['buidl', '.'], told: 'did you mean build?'},
  {args: ['image', 'lss'], told: 'did you mean image ls?'},
  {args: ['exec', 'it', 'sh'], told: 'lives as long as its `tsbuild run`'},
  {args: ['buildx', 'bake'], told: 'unknown command: buildx\n  hint: Leave the word away'},
  {args: ['run', '-d', 'hello'], told: 'unknown flag: -d\n  hint: A container lives as long'},
  {args: ['container', 'run', '--publish=80:80', 'hello'], told: 'in the network of this machine'},
  {args: ['buildx', 'build', '--memory', '1g', '.'], told: 'systemd-run'},
  {args: ['build'], told: 'missing CONTEXT'},
  {args: ['build', '-t', 'hello'], told: 'missing CONTEXT'},
  {args: ['build', '--tagg', 'x', '.'], told: 'unknown flag: --tagg (did you mean --tag?)'},
  {args: ['build', '--progress', 'none'], told: 'missing CONTEXT'},
  {args: ['build', '--progress', 'loud', '.'], told: 'expected --progress=loud to be one of'},
  {args: ['build', '--provenance=max', '.'], told: 'expected --provenance=max to be one of: false'},
  {args: ['build', 'a', 'b'], told: 'unexpected argument: b'},
  {args: ['run'], told: 'missing IMAGE'},
  {args: ['run', '--nope', 'hello'], told: 'unknown flag: --nope'},
  {args: ['tag', 'a'], told: 'missing TARGET'},
  {
    args: ['cache', 'mounts', 'export', '--to', 'a', '-o', 'b'],
    told: 'tsbuild: --output=b cannot also',
  },
  {args: ['images', '--filter', 'nope=1'], told: 'invalid filter "nope=1"'},
])('a command line that cannot be understood exits with 125: $args', ({args, told}) => {
  const {code, stdout, stderr} = tsbuild(...args);
  expect({code, stdout}).toEqual({code: 125, stdout: ''});
  expect(stderr).toContain(told);
});

test.each([
  {stream: 'stdout', args: ['version'], number: 1, told: 'cannot write to stdout: ENOSPC'},
  {stream: 'stderr', args: ['nope'], number: 2, told: ''},
])('a full disk behind $stream ends a command with 1', ({args, number, told}) => {
  const full = openSync('/dev/full', 'w');
  const stdio = [0, 1, 2].map((each) => (each === number ? full : 'pipe'));
  const {status, stderr} = spawnSync(process.execPath, [bundle, ...args], {stdio});
  closeSync(full);
  expect(status).toBe(1);
  expect(String(stderr ?? '')).toContain(told);
});

test('with --json a failure is JSON on stdout', () => {
  const {code, stdout, stderr} = tsbuild('tag', 'a', '--json');
  expect({code, stderr}).toEqual({code: 125, stderr: ''});
  expect(JSON.parse(stdout)).toEqual({
    error: {code: 'E_USAGE', message: 'missing TARGET', hint: "See 'tsbuild tag --help'."},
  });
});

test.each([
  {args: [], told: 'build an image from a Dockerfile'},
  {args: ['--help'], told: 'build an image from a Dockerfile'},
  {args: ['help', 'build'], told: '--build-arg'},
  {args: ['build', '--help'], told: '--build-arg'},
  {args: ['image'], told: 'image prune'},
  {args: ['run', '--help'], told: '--entrypoint'},
])('help is on stdout: $args', ({args, told}) => {
  const {code, stdout} = tsbuild(...args);
  expect(code).toBe(0);
  expect(stdout).toContain(told);
});

test('a reader that leaves early is no failure', async () => {
  const child = spawn(process.execPath, [bundle, 'version'], {stdio: ['ignore', 'pipe', 'pipe']});
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  expect({code, stderr}).toEqual({code: 0, stderr: ''});
});
