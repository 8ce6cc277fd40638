import {expect, test} from 'vitest';
import {copyHint, runHint} from '../../src/frontend/failure-hints.js';

const globals = new Map([['VERSION', '1']]);

test.each([
  {source: 'app-.py', unset: ['VERSION'], hint: /repeat ARG VERSION below the FROM/},
  {source: 'app-.py', unset: ['VERSOIN'], hint: /declare it with ARG VERSOIN or ENV VERSOIN=VALUE/},
  {source: '#', hint: /begins a comment only at the start of a line/},
  {source: '-from=x', hint: /two dashes.*: --from=x\./},
  {source: '\u2014chown=1', hint: /two dashes.*: --chown=1\./},
  {source: '\u2013from=x', hint: /two dashes.*: --from=x\./},
  {source: 'htps://example.com/x', hint: /fetches http, https, git and ssh/},
  {source: '../secret', hint: /outside of the context.*--build-context/},
  {source: './../secret', hint: /outside of the context/},
  {source: '/../secret', hint: /outside of the context/},
])('ADD $source: hints at what was meant', ({source, unset = [], hint}) => {
  const written = {kind: 'add', sources: [source]} as const;
  expect(copyHint(written, {sources: [source], unset, globals})).toMatch(hint);
});

test('a path in another stage is outside of nothing', () => {
  const sources = ['../a'];
  const written = {kind: 'copy', sources, from: 'builder'} as const;
  expect(copyHint(written, {sources, unset: [], globals})).toBeUndefined();
});

test.each(['a.py', '/a.py', '..a', 'a/../b', '-1', 'a#b', '.', 'https://example.com/a'])(
  'ADD %s: says what it means, so nothing is hinted at',
  (source) => {
    const written = {kind: 'add', sources: [source]} as const;
    expect(copyHint(written, {sources: [source], unset: [], globals})).toBeUndefined();
  },
);

test.each([
  {text: '["echo", "hi",]', hint: /As JSON it cannot be read/},
  {text: "['echo', 'hi']", hint: /As JSON it cannot be read/},
  {text: '-mount=type=cache,target=/x make', hint: /two dashes.*: --mount=type=cache,target=\/x\./},
])('RUN $text: hints at what was meant', ({text, hint}) => {
  expect(runHint({form: 'shell', words: [text]})).toMatch(hint);
});

test.each(['[ "$A" = b ]', '[[ -f x ]]', 'make', '-'])(
  'RUN %s: is what a shell runs, so nothing is hinted at',
  (text) => {
    expect(runHint({form: 'shell', words: [text]})).toBeUndefined();
  },
);

test('RUN ["["] in exec form is what was meant', () => {
  expect(runHint({form: 'exec', words: ['["']})).toBeUndefined();
});
