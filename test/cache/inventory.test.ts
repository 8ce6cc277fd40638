/** What the cache lists is what reading all of its records gives, whatever happened to it. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {ResultCache} from '../../src/cache/result-cache.js';
import {hexOf} from '../../src/oci/digest.js';
import {runScript} from '../helpers/child-script.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {readAll, resultOf} from './programs/results.js';

/** What can happen to a cache at `root`, to one of a few results. */
const events: Readonly<Record<string, (root: string, step: number, turn: number) => void>> = {
  'a step runs': (root, step, turn) => new ResultCache(root).put(resultOf(step, turn), []),
  'a step hits': (root, step, turn) => {
    const cache = new ResultCache(root);
    const found = cache.find(resultOf(step, 0).key);
    if (found !== undefined) cache.use(found, {project: `p${turn % 3}`, place: 'RUN'});
  },
  'a result is pruned': (root, step) => new ResultCache(root).remove(resultOf(step, 0).key),
  'a project lets a result go': (root, step) =>
    new ResultCache(root).removeUse(resultOf(step, 0).key, 'app'),
  'a record is flipped, and a build meets it': (root, step) => {
    const path = recordOf(root, step);
    if (existsSync(path)) flip(path);
    new ResultCache(root).isDamaged(resultOf(step, 0).key);
  },
  'a record is removed by hand': (root, step) => rmSync(recordOf(root, step), {force: true}),
  'a record is put back by hand': (root, step, turn) => {
    const other = `${root}/../other${turn}`;
    new ResultCache(other).put(resultOf(step, turn), []);
    rmSync(recordOf(root, step), {force: true});
    new ResultCache(root).results();
    copyFileSync(recordOf(other, step), recordOf(root, step));
  },
  'the cache is listed': (root) => new ResultCache(root).results(),
  'the summary is flipped': (root) => inSummary(root, flip),
  'the summary is torn': (root) => inSummary(root, (path) => truncateSync(path, 100)),
  'the summary is lost': (root) => inSummary(root, (path) => rmSync(path)),
  'the summary is of another boot': (root) =>
    inSummary(root, (path) =>
      writeFileSync(path, readFileSync(path, 'utf8').replace(/"boot":"\w/, '"boot":"x')),
    ),
  'a change is torn': (root) => appendFileSync(join(root, 'inventory/changes'), '\nsha256:12'),
  'a draft is left': (root) => writeFileSync(join(root, 'inventory/summary.draft'), 'half'),
};

const recordOf = (root: string, step: number): string =>
  join(root, 'records', `${hexOf(resultOf(step, 0).key)}.json`);

function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

function inSummary(root: string, change: (path: string) => void): void {
  const path = join(root, 'inventory/summary');
  if (existsSync(path)) change(path);
}

test('after any events', async () => {
  await using folder = temporaryFolder();
  const event = fc.tuple(fc.constantFrom(...Object.keys(events)), fc.nat(5));
  let run = 0;
  fc.assert(
    fc.property(fc.array(event, {maxLength: 25}), (sequence) => {
      const root = join(folder.path, `${run++}/cache`);
      const cache = new ResultCache(root);
      for (const [turn, [name, step]] of sequence.entries()) {
        events[name]?.(root, step, turn);
        if (turn % 4 === 3) expect(cache.results()).toEqual(readAll(cache, root));
      }
      expect(cache.results()).toEqual(readAll(cache, root));
    }),
    {numRuns: 60},
  );
});

test('with processes that change it and are killed', async () => {
  await using folder = temporaryFolder();
  const cache = new ResultCache(folder.path);
  for (let round = 0; round < 3; round++) {
    const args = ['test/cache/programs/change-cache.ts', folder.path] as const;
    await using first = runScript(...args, '1');
    await using second = runScript(...args, '20');
    await Promise.all([first.said('ready'), second.said('ready')]);
    for (let look = 0; look < 5 * round; look++) expect(cache.results().size).toBeLessThan(41);
    for (const each of [first, second]) each.process.kill('SIGKILL');
    await Promise.all([first.ended(), second.ended()]);
    expect(cache.results()).toEqual(readAll(cache, folder.path));
    expect(cache.results().size).toBeGreaterThan(0);
  }
});

test('opens no record when nothing changed, and only those that did', async () => {
  await using folder = temporaryFolder();
  const cache = new ResultCache(folder.path);
  for (let step = 0; step < 5; step++) cache.put(resultOf(step, 1), []);
  cache.results();
  const before = new Map(cache.results());
  for (const name of readdirSync(join(folder.path, 'records'))) {
    writeFileSync(join(folder.path, 'records', name), 'nobody looks');
  }
  expect(cache.results()).toEqual(before);
  cache.put(resultOf(3, 2), []);
  expect(cache.results().get(resultOf(3, 2).key)).toMatchObject({chainID: resultOf(3, 2).chainID});
  expect(cache.results().size).toBe(5);
});
