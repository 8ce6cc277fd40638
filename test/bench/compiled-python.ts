/**
 * Debian's python as installing its packages leaves it: compiled to byte code. The base made by unpacking them is not,
 * and every first `pip install` on it would spend its time on that, whoever builds.
 */
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {basesDirectory, ensureBase, repository} from '../bases/ensure-base.js';

/** Path of the archive. `scratch` holds the store it is made in. */
export async function compiledPython(scratch: string): Promise<string> {
  const path = join(basesDirectory, 'python-compiled.tar');
  if (existsSync(path)) return path;
  const context = join(scratch, 'compile');
  mkdirSync(context, {recursive: true});
  writeFileSync(
    join(context, 'Dockerfile'),
    'FROM python:3.11-slim\nRUN python3 -m compileall -q /usr/lib/python3.11 /usr/lib/python3\n',
  );
  const tsbuild = (...args: string[]) =>
    execFileSync(join(repository, 'dist/tsbuild'), [...args, '--root', join(scratch, 'compiled')]);
  tsbuild('load', '-i', await ensureBase('python'));
  tsbuild('build', '-q', '-t', 'python:3.11-slim', context);
  tsbuild('save', 'python:3.11-slim', '-o', path);
  rmSync(context, {recursive: true});
  return path;
}
