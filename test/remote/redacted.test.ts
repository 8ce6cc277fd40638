import {expect, test} from 'vitest';
import {redacted} from '../../src/remote/redacted.js';

test.each([
  ['ADD https://h.example/a?token=secret&key /b', 'ADD https://h.example/a?token=xxxxx&xxxxx /b'],
  ['https://h.example/a?X-Signature=a=b==#top', 'https://h.example/a?X-Signature=xxxxx#top'],
  ['https://me:pass@h.example/?q=1', 'https://xxxxx:xxxxx@h.example/?q=xxxxx'],
  ['["https://h.example/a?t=s","/b"]', '["https://h.example/a?t=xxxxx","/b"]'],
  [
    'https://h.example/a?t=1 https://h.example/b?t=2',
    'https://h.example/a?t=xxxxx https://h.example/b?t=xxxxx',
  ],
  [
    'https://h.example/r.git?ref=v1&subdir=a&token=s',
    'https://h.example/r.git?ref=v1&subdir=a&token=xxxxx',
  ],
  ['ssh://git@h.example/r.git', 'ssh://git@h.example/r.git'],
  ['https://h.example/a what? no=query', 'https://h.example/a what? no=query'],
  ['COPY a?b=c d', 'COPY a?b=c d'],
])('%s is told as %s', (text, told) => {
  expect(redacted(text)).toBe(told);
});
