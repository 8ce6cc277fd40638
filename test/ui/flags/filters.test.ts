import {expect, test} from 'vitest';
import {parseFilters} from '../../../src/ui/flags/filters.js';

const known = ['label', 'dangling'] as const;

test('values are gathered by key, and may hold equals signs', () => {
  expect(parseFilters(['label=a=b', 'dangling=true', 'label=c'], known)).toEqual({
    label: ['a=b', 'c'],
    dangling: ['true'],
  });
});

test.each(['label', '=x', '', 'nope=1', 'Label=a'])('%j is refused', (filter) => {
  expect(() => parseFilters([filter], known)).toThrow(expect.objectContaining({code: 'E_FILTER'}));
});
