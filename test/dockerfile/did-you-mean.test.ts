import fc from 'fast-check';
import {expect, test} from 'vitest';
import {didYouMean, editDistance, nearest} from '../../src/dockerfile/did-you-mean.js';

const keywords = ['ADD', 'COPY', 'ENV', 'FROM', 'HEALTHCHECK', 'RUN', 'USER'];

test.each([
  {name: '', near: undefined},
  {name: 'KUBERNETES', near: undefined},
  {name: 'X'.repeat(60_000), near: undefined},
  {name: 'RNU', near: 'RUN'},
  {name: 'copi', near: 'COPY'},
  {name: 'FORM', near: 'FROM'},
  {name: 'HEALTCHEK', near: 'HEALTHCHECK'},
])('of the keywords $near is nearest to $name', ({name, near}) => {
  expect(nearest(name, keywords)).toBe(near);
});

test('suggests nothing when the name is known', () => {
  expect(didYouMean('RUN', keywords)).toBe('');
});

test('the distance is symmetric, zero for equal texts, and one edit is one', () => {
  const word = fc.string({maxLength: 12});
  fc.assert(
    fc.property(word, word, fc.nat(12), (left, right, place) => {
      expect(editDistance(left, right)).toBe(editDistance(right, left));
      expect(editDistance(left, left)).toBe(0);
      expect(editDistance(left, `${left.slice(0, place)}~${left.slice(place)}`)).toBe(1);
    }),
  );
});
