/** Results to put into a cache, and what reading all of it tells. */
import {contentKey, definitionKey} from '../../../src/cache/cache-key.js';
import type {CacheRecord} from '../../../src/cache/cache-record.js';
import {type HeldResult, heldResult} from '../../../src/cache/held-result.js';
import type {ResultCache} from '../../../src/cache/result-cache.js';
import {Uses} from '../../../src/cache/uses.js';
import type {RunOp} from '../../../src/graph/op.js';
import {digestOf} from '../../../src/oci/digest.js';

/** `made` tells two runs of the same step apart. */
export function resultOf(step: number, made: number, project = 'app'): CacheRecord {
  const op: RunOp = {
    kind: 'run',
    args: [`make ${step}`],
    env: [],
    workingDirectory: '/',
    user: '',
    network: 'default',
  };
  const inputs = {inputs: [digestOf('base')]};
  return {
    op,
    ...inputs,
    key: contentKey(op, inputs),
    definition: definitionKey(op, inputs),
    name: `RUN make ${step}`,
    inputNames: [],
    parents: step === 0 ? [] : [resultOf(step - 1, 0).key],
    origin: {project, place: `RUN ${step}`},
    chainID: digestOf(`root ${step} ${made}`),
    content: digestOf(`content ${step}`),
    fresh: false,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, made)).toISOString(),
    duration: made,
  };
}

/** By reading each record, and each use of it. `root` is the cache's. */
export function readAll(cache: ResultCache, root: string): ReadonlyMap<string, HeldResult> {
  const uses = new Uses(`${root}/uses`);
  const records = cache.keys().flatMap((key) => cache.find(key) ?? []);
  return new Map(records.map((record) => [record.key, heldResult(record, uses.of(record.key))]));
}
