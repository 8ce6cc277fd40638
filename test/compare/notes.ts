/**
 * Differences that are meant: places with the reason, `*` stands for anything. `differences.json` beside a case is
 * about that case, the one of fixtures/dockerfiles about all.
 */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {casesFolder} from './corpus.js';
import type {Difference} from './differences.js';

export type Notes = Readonly<Record<string, string>>;

/** Not a place, but a case that only tsbuild can build; with the reason. */
export const NOT_ASKED = 'buildkit is not asked';

/** Before a place that differs in some runs only, as by the order of two processes. */
const SOMETIMES = 'sometimes ';

export const notesOnAll = (): Notes => readNotes(casesFolder);

export function readNotes(folder: string): Notes {
  const path = join(folder, 'differences.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

export const explanation = (notes: Notes, {place}: Difference): string | undefined =>
  Object.entries(notes).find(([pattern]) => matches(pattern, place))?.[1];

/** Patterns that no difference needs any more. */
export const idleNotes = (notes: Notes, differences: readonly Difference[]): string[] =>
  Object.keys(notes).filter(
    (pattern) =>
      !pattern.startsWith(SOMETIMES) && !differences.some(({place}) => matches(pattern, place)),
  );

function matches(pattern: string, place: string): boolean {
  const always = pattern.startsWith(SOMETIMES) ? pattern.slice(SOMETIMES.length) : pattern;
  const literal = always.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(place);
}
