/** What the READMEs of the layers say of their tests is so. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {caseTable, isThere, testFiles} from './helpers/case-table.js';

/** Frontend's names folders of fixtures as well: test/frontend/case-table.test.ts. */
const layers = ['cache', 'registry', 'server'];
const rows = layers.flatMap((layer) => caseTable(layer).map((row) => ({layer, ...row})));

/** What the cache answers for, by the numbers in its README's table. */
const CACHE_FEATURES = [
  ...Array.from({length: 21}, (_, index) => `C${index + 1}`),
  ...['B22', 'B39', 'G11', 'I11', 'J1', 'J3', 'J5', 'J6', 'J10', 'J11', 'J13', 'J22'],
];

test.each(rows)('what the README of $layer names is there: $behaviour', ({layer, cases}) => {
  for (const file of cases.flatMap((name) => testFiles(name, layer))) {
    expect(isThere(file), file).toBe(true);
  }
});

test.each(layers)('each test of %s is in a row of its README', (layer) => {
  const named = caseTable(layer).flatMap(({cases}) =>
    cases.flatMap((name) => testFiles(name, layer)),
  );
  const folder = join('test', layer);
  const there = readdirSync(folder, {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
  expect(there.filter((file) => !named.includes(file))).toEqual([]);
});

test('the README of the cache has a row for each of its features', () => {
  const told = caseTable('cache').flatMap(
    ({behaviour}) => /\(([^()]*)\)$/.exec(behaviour)?.[1]?.split(', ') ?? [],
  );
  expect([...new Set(told)].sort()).toEqual(CACHE_FEATURES.toSorted());
});
