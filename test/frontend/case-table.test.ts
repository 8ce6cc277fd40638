import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {compileGlob} from '../../src/layer/source/glob.js';
import {caseNames} from './golden-case.js';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'src/frontend/README.md'), 'utf8');
const rows = readme.split('\n').flatMap((line) => {
  const [, feature, cases] = /^\| ([^|]+) \| (`.+`) \|$/.exec(line) ?? [];
  return feature === undefined || cases === undefined ? [] : [{feature, cases: cases.split(', ')}];
});

/** `test/layer/{a,b}` is two files. */
function testFiles(name: string): string[] {
  const [, before, inner, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? [];
  return inner === undefined ? [name] : inner.split(',').map((each) => `${before}${each}${after}`);
}

test.each(rows)('the cases that the README names for $feature are there', ({cases}) => {
  for (const quoted of cases) {
    const name = quoted.slice(1, -1);
    if (name.startsWith('test/')) {
      for (const file of testFiles(name))
        expect(existsSync(join(root, `${file}.test.ts`)), file).toBe(true);
      continue;
    }
    const matches = compileGlob(name);
    const found = caseNames().filter((each) => matches(each.replace(/^error-/, '')));
    expect(found, name).not.toEqual([]);
  }
});

test('every case is in a row of the README', () => {
  const globs = rows.flatMap(({cases}) => cases.map((quoted) => compileGlob(quoted.slice(1, -1))));
  const unnamed = caseNames().filter(
    (name) => !globs.some((matches) => matches(name.replace(/^error-/, ''))),
  );
  expect(unnamed).toEqual([]);
});

test('the README has a row for each family of features', () => {
  expect(rows.length).toBeGreaterThan(15);
});
