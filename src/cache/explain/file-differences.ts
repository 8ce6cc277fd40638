/** What differs between two selections of files. */
import type {Ingredient} from '../cache-record.js';
import type {FileDifference} from './difference.js';

/** By path; a changed file says what changed. */
export function* fileDifferences(
  was: readonly Ingredient[],
  now: Iterable<Ingredient>,
): Generator<FileDifference> {
  const old = new Map(was.map((file) => [file.path, file]));
  for (const file of now) {
    const before = old.get(file.path);
    old.delete(file.path);
    if (before === undefined) yield {kind: 'file', path: file.path, change: 'added', aspects: []};
    else yield* changed(before, file);
  }
  for (const path of old.keys()) yield {kind: 'file', path, change: 'removed', aspects: []};
}

function* changed(was: Ingredient, now: Ingredient): Generator<FileDifference> {
  const aspects: FileDifference['aspects'] = [
    {name: 'type' as const, was: was.type, now: now.type},
    {name: 'content' as const, was: was.digest, now: now.digest},
    {name: 'mode' as const, was: octal(was.mode), now: octal(now.mode)},
    {name: 'owner' as const, was: was.owner, now: now.owner},
  ].filter((aspect) => aspect.was !== aspect.now);
  if (aspects.length > 0) yield {kind: 'file', path: now.path, change: 'changed', aspects};
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
