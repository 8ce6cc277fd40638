/**
 * Earlier results that a step which missed can be compared with.
 *
 *   candidates/<hex>   keys, one a line, newest last; found by the op, by the op wherever the files it reads lay, and by the
 *                      place of the step in its project
 *
 * By the op: the same instruction over other inputs. By the place: the instruction as it stood before an edit.
 */
import {appendFileSync, existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {canonicalJSON} from '../base/canonical-json.js';
import {countedOp, withoutPlaces} from '../graph/counted-op.js';
import {type Digest, digestOf, hexOf, isDigest} from '../oci/digest.js';
import type {CacheRecord, Evidence, StepOrigin} from './cache-record.js';

/** Keys looked at for each of the ways; the newest. */
const LOOKED_AT = 12;
/** `sha256:`, 64 digits and the end of the line. */
const LINE = 72;
const KEPT = 64 * LINE;

export interface Sought extends Evidence {
  readonly origin: StepOrigin;
}

export class Candidates {
  readonly #root: string;
  readonly #find: (key: Digest) => CacheRecord | undefined;

  /** `root` exists. */
  constructor(root: string, find: (key: Digest) => CacheRecord | undefined) {
    this.#root = root;
    this.#find = find;
  }

  add({key, op, origin}: Pick<CacheRecord, 'key' | 'op' | 'origin'>): void {
    for (const path of this.#paths({op, origin})) this.#append(path, key);
  }

  /** The most alike; of equally alike ones the newest. */
  best(sought: Sought): CacheRecord | undefined {
    const keys = new Set(this.#paths(sought).flatMap(newest));
    let best: CacheRecord | undefined;
    let bestLikeness = -1;
    for (const key of keys) {
      const record = this.#find(key);
      if (record === undefined) continue;
      const likeness = likenessOf(record, sought);
      const newer = likeness === bestLikeness && record.createdAt > (best?.createdAt ?? '');
      if (likeness > bestLikeness || newer) {
        best = record;
        bestLikeness = likeness;
      }
    }
    return best;
  }

  /** False where no result of this op was ever recorded, whatever it stood on and wherever the files it reads lay. */
  knows(op: Evidence['op']): boolean {
    return existsSync(this.#path(opName(withoutPlaces(op))));
  }

  #paths({op, origin: {project, place}}: Pick<Sought, 'op' | 'origin'>): string[] {
    const names = new Set([opName(op), opName(withoutPlaces(op)), `${project}\0${place}`]);
    return [...names].map((name) => this.#path(name));
  }

  #path(name: string): string {
    return join(this.#root, hexOf(digestOf(name)));
  }

  #append(path: string, key: Digest): void {
    const size = statSync(path, {throwIfNoEntry: false})?.size ?? 0;
    if (size < KEPT) appendFileSync(path, `${key}\n`);
    else writeFileSync(path, `${[...newest(path).reverse(), key].join('\n')}\n`);
  }
}

const opName = (op: Evidence['op']): string => canonicalJSON(countedOp(op));

/** Newest first. A torn line is none. */
function newest(path: string): Digest[] {
  let text: string;
  try {
    text = readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').filter(isDigest).slice(-LOOKED_AT).reverse();
}

/** An equal op outweighs the rest: what differs then is outside the instruction. */
function likenessOf(record: Evidence, sought: Evidence): number {
  const inputs = sought.inputs.filter((content, index) => record.inputs[index] === content).length;
  const sameOp = opName(record.op) === opName(sought.op);
  return (sameOp ? 100 : 0) + (record.selection === sought.selection ? 10 : 0) + inputs;
}
