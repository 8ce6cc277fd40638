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

export const notesOnAll = (): Notes => readNotes(casesFolder);

export function readNotes(folder: string): Notes {
  const path = join(folder, 'differences.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

export const explanation = (notes: Notes, {place}: Difference): string | undefined =>
  Object.entries(notes).find(([pattern]) => matches(pattern, place))?.[1];

/** Patterns that no difference needs any more. */
export const idleNotes = (notes: Notes, differences: readonly Difference[]): string[] =>
  Object.keys(notes).filter((pattern) => !differences.some(({place}) => matches(pattern, place)));

function matches(pattern: string, place: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(place);
}
