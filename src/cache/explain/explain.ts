/**
 * Why a step ran: what its key was made of, beside the most alike result that was there before.
 *
 * Looked up and not computed again: every record keeps what it was made of, and names that other one.
 */
import type {Digest} from '../../oci/digest.js';
import type {CacheRecord, Ingredient} from '../cache-record.js';
import type {ResultCache} from '../result-cache.js';
import type {Difference} from './difference.js';
import {fileDifferences} from './file-differences.js';
import {opDifferences} from './op-differences.js';

export interface Explanation {
  /**
   * first     nothing like it was there to compare with
   * fresh     no earlier result was to be taken (`--no-cache`)
   * removed   an equal result was known, and its layers gone
   * differs   see differences
   */
  readonly cause: 'first' | 'fresh' | 'removed' | 'differs';
  /** The result it was compared with. */
  readonly candidate?: {readonly key: Digest; readonly name: string; readonly createdAt: string};
  /** The instruction itself first, then files, then what it stands on. At most `SHOWN` files. */
  readonly differences: readonly Difference[];
  /** Files that differ, shown or not. */
  readonly files: number;
}

const SHOWN = 20;

/** What is told of: a record, or what one would be of a step that has not run. */
export interface Explained
  extends Pick<
    CacheRecord,
    'key' | 'candidate' | 'fresh' | 'op' | 'inputs' | 'inputNames' | 'selection'
  > {
  readonly ingredients: () => Iterable<Ingredient>;
}

export const explain = (record: CacheRecord, cache: ResultCache): Explanation =>
  explainStep({...record, ingredients: () => cache.ingredients(record.key)}, cache);

export function explainStep(step: Explained, cache: ResultCache): Explanation {
  const {key, candidate} = step;
  const nothing = {differences: [], files: 0};
  if (step.fresh) return {cause: 'fresh', ...nothing};
  const other = candidate === undefined ? undefined : cache.find(candidate);
  if (candidate === key) return {cause: 'removed', ...nothing};
  if (other === undefined) return {cause: 'first', ...nothing};
  const {differences, files} = between(other, step, cache);
  const {name, createdAt} = other;
  return {cause: 'differs', candidate: {key: other.key, name, createdAt}, differences, files};
}

/** What differs from one result to another. */
function between(
  was: CacheRecord,
  now: Explained,
  cache: ResultCache,
): {differences: readonly Difference[]; files: number} {
  const selected = was.selection === now.selection ? [] : selectionDifferences(was, now, cache);
  const differences = [
    ...opDifferences(was.op, now.op),
    ...selected.slice(0, SHOWN),
    ...inputDifferences(was, now),
  ];
  return {differences, files: selected.filter(({kind}) => kind === 'file').length};
}

function selectionDifferences(was: CacheRecord, now: Explained, cache: ResultCache) {
  const files: Difference[] = [...fileDifferences(cache.ingredients(was.key), now.ingredients())];
  return files.length > 0 ? files : [{kind: 'attributes' as const}];
}

function inputDifferences(was: CacheRecord, now: Explained): Difference[] {
  return now.inputs.flatMap((content, index) => {
    const before = was.inputs[index] ?? null;
    if (before === content) return [];
    const name = now.inputNames[index] ?? '';
    const previousName = was.inputNames[index] ?? '';
    return [{kind: 'input' as const, name, previousName, was: before, now: content}];
  });
}
