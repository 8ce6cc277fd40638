/** What is measured, and the ratio to the best peer that is to be reached. */
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {BaseName} from '../bases/recipes.js';
import type {Builder} from './builder.js';
import {type Case, imageOf} from './case.js';
import {sh} from './shell.js';
import {pulled, pushed} from './transfer-cases.js';
import type {WorkloadName} from './workloads/contexts.js';

interface Build {
  readonly workload: WorkloadName;
  readonly base: BaseName;
  readonly goal?: number;
}

function cold(build: Build): Case {
  return {
    ...build,
    name: `${build.workload}, cold`,
    before: (builder) => builder.wipe(imageOf(build.workload)),
    command: (builder, {context}) => builder.build?.(context, imageOf(build.workload)),
  };
}

function unchanged(build: Build): Case {
  return {
    ...build,
    name: `${build.workload}, nothing changed`,
    once(builder, {context}) {
      const command = builder.build?.(context, imageOf(build.workload));
      if (command !== undefined) sh(builder.shell, `${command} && ${command}`);
    },
    command: (builder, {context}) => builder.build?.(context, imageOf(build.workload)),
  };
}

function changed(build: Build & {readonly file: string}): Case {
  let original: Buffer | undefined;
  let edit = 0;
  return {
    ...unchanged(build),
    name: `${build.workload}, one file changed`,
    before(_builder, {context}) {
      const path = join(context, build.file);
      original ??= readFileSync(path);
      writeFileSync(path, original);
      edit += 1;
      appendFileSync(path, `\n# ${Date.now()} ${edit}\n`);
    },
    after({context}) {
      if (original !== undefined) writeFileSync(join(context, build.file), original);
    },
  };
}

function saved(
  name: string,
  {base, workload, goal}: Omit<Build, 'workload'> & Partial<Build>,
): Case {
  const reference = workload === undefined ? name : imageOf(workload);
  return {
    name: `save ${name}`,
    base,
    ...(workload === undefined ? {} : {workload}),
    ...(goal === undefined ? {} : {goal}),
    once(builder, {context}) {
      const build = workload === undefined ? undefined : builder.build?.(context, reference);
      if (build !== undefined) sh(builder.shell, build);
    },
    before: (builder, {scratch}) => void sh(builder.root, `rm -f ${archive(scratch, builder)}`),
    command: (builder, {scratch}) => builder.save?.(reference, archive(scratch, builder)),
  };
}

const archive = (scratch: string, {name}: Builder) =>
  join(scratch, `${name.replaceAll('/', '-')}.saved`);

export const cases: readonly Case[] = [
  cold({workload: 'hello', base: 'python', goal: 0.6}),
  unchanged({workload: 'hello', base: 'python', goal: 0.7}),
  changed({workload: 'hello', base: 'python', file: 'app.py'}),
  cold({workload: 'manyfiles', base: 'busybox', goal: 0.3}),
  unchanged({workload: 'manyfiles', base: 'busybox', goal: 0.4}),
  changed({workload: 'manyfiles', base: 'busybox', goal: 0.4, file: 'tree/pkg-1/lib/f1.js'}),
  {
    name: 'run --rm busybox true',
    base: 'busybox',
    goal: 1,
    floors: ['crun'],
    command: (builder) => builder.run?.('busybox', 'true'),
  },
  cold({workload: 'run50', base: 'busybox', goal: 0.15}),
  cold({workload: 'multistage', base: 'busybox', goal: 0.75}),
  cold({workload: 'bigfile', base: 'busybox', goal: 0.3}),
  cold({workload: 'aptlike', base: 'debian', goal: 0.7}),
  saved('debian:bookworm-slim', {base: 'debian', goal: 0.6}),
  saved('manyfiles', {base: 'busybox', workload: 'manyfiles', goal: 0.6}),
  pushed({base: 'python', image: 'python:3.11-slim', goal: 0.8}),
  pushed({base: 'debian', image: 'debian:bookworm-slim', goal: 0.8}),
  pushed({base: 'busybox', image: imageOf('manyfiles'), workload: 'manyfiles', goal: 0.8}),
  pushed({base: 'busybox', image: imageOf('bigfile'), workload: 'bigfile', goal: 0.9}),
  pulled({base: 'python', image: 'python:3.11-slim', goal: 0.6}),
  pulled({base: 'debian', image: 'debian:bookworm-slim', goal: 0.6}),
  pulled({base: 'busybox', image: imageOf('manyfiles'), workload: 'manyfiles', goal: 0.6}),
  pulled({base: 'busybox', image: imageOf('bigfile'), workload: 'bigfile', goal: 0.6}),
  {name: 'start-up', command: (builder) => builder.version},
];
