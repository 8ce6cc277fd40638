/** What a message tells a person to type can be typed. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {findCommand} from '../../src/find-command.js';

const source = join(import.meta.dirname, '../../src');

/** In quotes or, inside a template, escaped ones: `tsbuild image prune`. */
const ADVICE = /\\?[`"]tsbuild ([a-z]+(?: [a-z]+){0,2})[^`"]*[`"]/g;

const advised = readdirSync(source, {recursive: true, encoding: 'utf8'})
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => {
    const hints = readFileSync(join(source, path), 'utf8').match(/^.*\bhint: .*$|^ +'.*$/gm) ?? [];
    return hints.flatMap((hint) => [...hint.matchAll(ADVICE)].map(([, words = '']) => words));
  });

test.each([...new Set(advised)])('a hint says tsbuild %s, and there is such a command', (words) => {
  expect(findCommand(words.split(' '))).toMatchObject({kind: 'command'});
});

test('hints name commands', () => {
  expect(advised).toEqual(expect.arrayContaining(['builds', 'image prune', 'ps']));
});
