import fc from 'fast-check';
import {expect, test} from 'vitest';
import {formatDuration, parseDuration} from '../../src/base/duration.js';

test.each(['', '5', 's', '1s2', '1 s', '--1s', '1e3s', 'infinity', '9999999999999h'])(
  '%o is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  {text: '0', nanoseconds: 0, shown: '0s'},
  {text: '30s', nanoseconds: 30e9, shown: '30s'},
  {text: '1m30s', nanoseconds: 90e9, shown: '1m30s'},
  {text: '1.5h', nanoseconds: 5400e9, shown: '1h30m0s'},
  {text: '.5ms', nanoseconds: 500e3, shown: '500µs'},
  {text: '1us', nanoseconds: 1e3, shown: '1µs'},
])('$text is $nanoseconds ns, shown as $shown', ({text, nanoseconds, shown}) => {
  expect(parseDuration(text)).toBe(nanoseconds);
  expect(formatDuration(nanoseconds)).toBe(shown);
});

test('what is shown reads back', () => {
  fc.assert(
    fc.property(fc.integer({min: 0, max: 3600 * 24 * 1000}), (milliseconds) => {
      const nanoseconds = milliseconds * 1e6;
      expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds);
    }),
  );
});
