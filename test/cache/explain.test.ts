import {randomUUID} from 'node:crypto';
import {expect, test} from 'vitest';
import {contentKey} from '../../src/cache/cache-key.js';
import type {CacheRecord, Evidence, Ingredient} from '../../src/cache/cache-record.js';
import {explain} from '../../src/cache/explain/explain.js';
import {ResultCache} from '../../src/cache/result-cache.js';
import type {CopyOp, RunOp} from '../../src/graph/op.js';
import type {CacheMount} from '../../src/graph/run-mount.js';
import {digestOf} from '../../src/oci/digest.js';
import {explanationLines} from '../../src/ui/report/explanation-lines.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const run: RunOp = {
  kind: 'run',
  args: ['/bin/sh', '-c', 'make'],
  env: ['PATH=/bin', 'VERSION=1'],
  workingDirectory: '/app',
  user: '',
  network: 'default',
};
const copy: CopyOp = {
  kind: 'copy',
  from: 'context',
  sources: ['.'],
  destination: '/app/',
  excludes: [],
  unpack: false,
};
const cacheMount = (id: string): CacheMount => ({
  type: 'cache',
  target: '/c',
  id,
  sharing: 'shared',
  readonly: false,
});
const base = digestOf('base');

const file = (path: string, changes: Partial<Ingredient> = {}): Ingredient => ({
  path,
  type: 'file',
  mode: 0o100644,
  owner: '0:0',
  size: 1,
  digest: 'a'.repeat(64),
  ...changes,
});

interface Step extends Partial<Evidence> {
  readonly inputNames?: readonly string[];
  readonly files?: readonly Ingredient[];
  readonly fresh?: boolean;
}

/** Records one step after the other at the same place; the record of the last. */
async function lastOf(steps: readonly Step[]): Promise<string[]> {
  await using folder = temporaryFolder();
  const cache = new ResultCache(folder.path);
  let last: CacheRecord | undefined;
  for (const step of steps) last = record(step, cache);
  if (!last) throw new Error('no step');
  return explanationLines('[2/3] STEP', explain(last, cache));
}

function record(step: Step, cache: ResultCache): CacheRecord {
  const {files = [], fresh = false, inputNames = ['FROM base'], ...rest} = step;
  const selection = files.length === 0 ? undefined : digestOf(JSON.stringify(files));
  const evidence = {op: run, inputs: [base], selection, ...rest};
  const origin = {project: 'app', place: 'stage-0 STEP 1'};
  const made: CacheRecord = {
    ...evidence,
    definition: digestOf(randomUUID()),
    key: contentKey(evidence.op, evidence),
    name: '[2/3] STEP',
    inputNames,
    parents: [],
    origin,
    chainID: digestOf('chain'),
    content: digestOf('content'),
    candidate: fresh ? undefined : cache.candidates.best({...evidence, origin})?.key,
    fresh,
    createdAt: new Date().toISOString(),
    duration: 1,
  };
  cache.put(made, files);
  return made;
}

test.each<{name: string; steps: readonly Step[]; lines: readonly string[]}>([
  {
    name: 'nothing was there',
    steps: [{}],
    lines: ['[2/3] STEP: nothing like it was built before'],
  },
  {
    name: 'nothing was to be taken',
    steps: [{}, {fresh: true}],
    lines: ['[2/3] STEP: no earlier result was to be taken'],
  },
  {
    name: 'the same was there without its layers',
    steps: [{}, {}],
    lines: ['[2/3] STEP: the same was built before, and its layers were removed since'],
  },
  {
    name: 'a variable',
    steps: [{}, {op: {...run, env: ['PATH=/bin', 'VERSION=2', 'DEBUG=']}}],
    lines: [
      '[2/3] STEP: variable VERSION was "1", is "2"',
      '    variable DEBUG was not set, is ""',
    ],
  },
  {
    name: 'the order of variables',
    steps: [{}, {op: {...run, env: ['VERSION=1', 'PATH=/bin']}}],
    lines: ['[2/3] STEP: order of variables was "PATH=/bin VERSION=1", is "VERSION=1 PATH=/bin"'],
  },
  {
    name: 'the command',
    steps: [{}, {op: {...run, args: ['make', 'all']}}],
    lines: ['[2/3] STEP: the command was ["/bin/sh","-c","make"], is ["make","all"]'],
  },
  {
    name: 'an option',
    steps: [{}, {op: {...run, network: 'none'}}],
    lines: ['[2/3] STEP: network was "default", is "none"'],
  },
  {
    name: 'the command, and not which directory a cache mount is: that is in no key',
    steps: [
      {op: {...run, mounts: [cacheMount('one')]}},
      {op: {...run, mounts: [cacheMount('two')], args: ['make', 'all']}},
    ],
    lines: ['[2/3] STEP: the command was ["/bin/sh","-c","make"], is ["make","all"]'],
  },
  {
    name: 'a file, its mode and another, with control characters in its name',
    steps: [
      {op: copy, files: [file('a'), file('b'), file('gone')]},
      {
        op: copy,
        files: [
          file('a', {mode: 0o100755}),
          file('b', {digest: 'b'.repeat(64)}),
          file('\u001b[31mnew'),
        ],
      },
    ],
    lines: [
      '[2/3] STEP: file a changed its mode (0644 → 0755)',
      '    file b changed its content (aaaaaaaaaaaa → bbbbbbbbbbbb)',
      '    file new is new',
      '    file gone is gone',
    ],
  },
  {
    name: 'many files',
    steps: [
      {op: copy, files: Array.from({length: 30}, (_, index) => file(`${index}`))},
      {op: copy, files: Array.from({length: 30}, (_, index) => file(`${index}`, {owner: '1:1'}))},
    ],
    lines: expect.arrayContaining([
      '[2/3] STEP: file 0 changed its owner (0:0 → 1:1)',
      '    and 10 more files',
    ]) as string[],
  },
  {
    name: 'a step before it',
    steps: [{}, {inputs: [digestOf('other')]}],
    lines: ['[2/3] STEP: an input changed: FROM base made other files'],
  },
  {
    name: 'a base of another digest',
    steps: [
      {inputNames: ['FROM base@sha256:aa']},
      {inputNames: ['FROM base@sha256:bb'], inputs: [digestOf('other')]},
    ],
    lines: ['[2/3] STEP: an input was FROM base@sha256:aa, is FROM base@sha256:bb'],
  },
])('tells $name', async ({steps, lines}) => {
  expect(await lastOf(steps)).toEqual(lines);
});

test('compares with the most alike result and not with the newest', async () => {
  const [a, b] = [file('a'), file('b')];
  const other = digestOf('another parent');
  expect(
    await lastOf([
      {op: copy, files: [a]},
      {op: {...copy, destination: '/elsewhere'}, files: [b], inputs: [other]},
      {op: copy, files: [a], inputs: [other]},
    ]),
  ).toEqual(['[2/3] STEP: an input changed: FROM base made other files']);
});
