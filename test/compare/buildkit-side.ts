/** BuildKit behind `docker buildx`, on this machine or where a lab's `PROGRAM sh` enters. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {readArchive} from './archived-image.js';
import {command, succeed} from './command.js';
import type {BuildInput, Failure, Result, Side} from './side.js';
import {warningsOf} from './warnings.js';

export function buildkitSide(lab: string | undefined, directory: string): Side {
  const prefix = lab === undefined ? [] : [lab, 'sh'];
  const docker = (...args: readonly string[]) => [...prefix, 'docker', ...args];
  return {
    load: async (archive) => void (await succeed(docker('load', '-q', '-i', archive))),
    async build({name, dockerfile, context, flags}: BuildInput): Promise<Result> {
      const tag = `compare-${name}`;
      const line = ['buildx', 'build', '--progress=plain', '-t', tag, '-f', dockerfile];
      const {code, stderr} = await command(docker(...line, ...flags, context));
      const warnings = warningsOf(stderr);
      if (code !== 0) return {kind: 'failure', ...failureOf(stderr), warnings};
      const archive = join(directory, `${name}.buildkit.tar`);
      await succeed(docker('save', '-o', archive, tag));
      const image = await readArchive(archive);
      rmSync(archive);
      return {kind: 'image', image, warnings};
    },
  };
}

/** Which of these words stand before what the frontend says differs from run to run. */
const FRONTEND_SAYS =
  /^ERROR: (?:failed to build: |failed to solve: |rpc error: code = \w+ desc = )*([\s\S]*)/m;

export function failureOf(log: string): Failure {
  const message = FRONTEND_SAYS.exec(log)?.[1];
  const line = /^.*:(\d+)\n-{10,}$/m.exec(log)?.[1];
  return {message: (message ?? log).trim(), line: line === undefined ? undefined : Number(line)};
}
