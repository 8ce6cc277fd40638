import {expect, test} from 'vitest';
import {formatAge, formatBytes, roughly} from '../../../src/ui/text/units.js';

test.each([
  [0, '0B'],
  [999, '999B'],
  [1000, '1kB'],
  [5120, '5.12kB'],
  [999_999, '1MB'],
  [192_600_000, '192.6MB'],
  [1_234_567_890, '1.235GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('listings round to three digits', () => {
  expect(formatBytes(192_600_000, 3)).toBe('193MB');
  expect(formatBytes(999_999, 3)).toBe('1MB');
});

const HOUR = 3600;
const DAY = 24 * HOUR;

test.each([
  [0.4, 'Less than a second'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, 'About a minute'],
  [119, 'About a minute'],
  [120, '2 minutes'],
  [HOUR, 'About an hour'],
  [1.4 * HOUR, 'About an hour'],
  [1.6 * HOUR, '2 hours'],
  [47 * HOUR, '47 hours'],
  [48 * HOUR, '2 days'],
  [13 * DAY, '13 days'],
  [14 * DAY, '2 weeks'],
  [59 * DAY, '8 weeks'],
  [60 * DAY, '2 months'],
  [729 * DAY, '24 months'],
  [730 * DAY, '2 years'],
])('%d seconds are %s', (seconds, text) => {
  expect(roughly(seconds)).toBe(text);
});

test.each([
  [undefined, 'N/A'],
  ['not a time', 'N/A'],
  ['2026-01-01T00:00:00Z', '3 days ago'],
])('an age from %s is %s', (created, text) => {
  expect(formatAge(created, new Date('2026-01-04T00:00:00Z'))).toBe(text);
});
