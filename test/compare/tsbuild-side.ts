/** tsbuild on a store of its own. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {repository} from '../bases/ensure-base.js';
import {readArchive} from './archived-image.js';
import {command, type Output, succeed} from './command.js';
import type {BuildInput, Failure, Result, Side} from './side.js';
import {warningsOf} from './warnings.js';

const program = join(repository, 'dist/tsbuild');

export function tsbuildSide(directory: string): Side {
  const env = {TSBUILD_ROOT: join(directory, 'store')};
  return {
    load: async (archive) => void (await succeed([program, 'load', '-q', '-i', archive], env)),
    async build({name, dockerfile, context, flags}: BuildInput): Promise<Result> {
      const line = ['build', '--json', '--progress', 'plain', '-t', name, '-f', dockerfile];
      const output = await command([program, ...line, ...flags, context], env);
      const warnings = warningsOf(output.stderr);
      if (output.code !== 0) return {kind: 'failure', ...failureOf(output), warnings};
      const archive = join(directory, `${name}.tsbuild.tar`);
      await succeed([program, 'save', '-o', archive, name], env);
      const image = await readArchive(archive);
      rmSync(archive);
      return {kind: 'image', image, warnings};
    },
  };
}

function failureOf({stdout, stderr}: Output): Failure {
  try {
    const {message, lines} = JSON.parse(stdout).error;
    return {message, line: lines?.first};
  } catch {
    return {message: stderr || stdout, line: undefined};
  }
}
