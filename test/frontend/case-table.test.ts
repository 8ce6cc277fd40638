import {expect, test} from 'vitest';
import {compileGlob} from '../../src/layer/source/glob.js';
import {caseTable, isThere, testFiles} from '../helpers/case-table.js';
import {caseNames} from './golden-case.js';

const rows = caseTable('frontend');
const isTest = (name: string): boolean => name.startsWith('test/');

test.each(rows)('the cases that the README names for $behaviour are there', ({cases}) => {
  for (const name of cases) {
    if (isTest(name)) {
      for (const file of testFiles(name, 'frontend')) expect(isThere(file), file).toBe(true);
      continue;
    }
    const matches = compileGlob(name);
    const found = caseNames().filter((each) => matches(each.replace(/^error-/, '')));
    expect(found, name).not.toEqual([]);
  }
});

test('every case is in a row of the README', () => {
  const globs = rows.flatMap(({cases}) => cases.map((name) => compileGlob(name)));
  const unnamed = caseNames().filter(
    (name) => !globs.some((matches) => matches(name.replace(/^error-/, ''))),
  );
  expect(unnamed).toEqual([]);
});

test('the README has a row for each family of features', () => {
  expect(rows.length).toBeGreaterThan(15);
});
