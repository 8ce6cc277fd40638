/** The library as its users have it: installed, compiled against its types, run by plain Node. */
import {execFileSync} from 'node:child_process';
import {copyFileSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ensureBase, repository} from '../bases/ensure-base.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const example = join(repository, 'fixtures/library/build-and-run.ts');
const tsbuild = join(repository, 'dist/tsbuild');

function project(folder: string): void {
  mkdirSync(join(folder, 'node_modules/@types'), {recursive: true});
  symlinkSync(repository, join(folder, 'node_modules/tsbuild'));
  symlinkSync(
    join(repository, 'node_modules/@types/node'),
    join(folder, 'node_modules/@types/node'),
  );
  copyFileSync(example, join(folder, 'example.ts'));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
}

test('a program of 20 lines compiles strictly, builds from the cache, runs and reads the exit code', async () => {
  await using folder = temporaryFolder();
  const {path} = folder;
  project(path);
  const context = join(path, 'context');
  mkdirSync(context);
  writeFileSync(
    join(context, 'Dockerfile'),
    'FROM busybox\nRUN echo hi > /hi\nCMD ["sh", "-c", "cat /hi; exit 3"]\n',
  );

  const strict = [
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--types',
    'node',
  ];
  const tsc = join(repository, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, ...strict, 'example.ts'], {cwd: path, encoding: 'utf8'});

  const root = join(path, 'store');
  execFileSync(tsbuild, ['load', '--root', root, '-i', await ensureBase('busybox')]);
  const runExample = () =>
    execFileSync(process.execPath, ['example.js', context, root], {cwd: path, encoding: 'utf8'});
  const [greeting, report = ''] = runExample().trim().split('\n');
  expect(greeting).toBe('hi');
  const first = JSON.parse(report);
  expect(first).toMatchObject({cached: 0, code: 3});
  const second = JSON.parse(runExample().trim().split('\n')[1] ?? '');
  expect(second).toEqual({...first, cached: 1});
});
