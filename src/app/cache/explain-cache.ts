/** `cache explain`: why each step of a build ran, or why one result was made. */
import type {CacheRecord} from '../../cache/cache-record.js';
import {type Explanation, explain} from '../../cache/explain/explain.js';
import type {StepRecord} from '../../history/build-record.js';
import {findBuild} from '../builds/builds.js';
import {openWorkspace} from '../workspace.js';
import {findRecord} from './cache-records.js';

export interface ExplainedStep {
  readonly name: string;
  readonly result: StepRecord['result'];
  /** Of a step that ran and whose record is still there. */
  readonly explanation?: Explanation | undefined;
}

/** `what` is a build, an image, or the key of a result; without it, the newest build. */
export async function explainCache(
  request: {what?: string; root?: string} = {},
): Promise<readonly ExplainedStep[]> {
  await using workspace = await openWorkspace({root: request.root});
  const {cache} = workspace;
  const record = request.what === undefined ? undefined : findRecord(request.what, cache);
  const explained = (of: CacheRecord | undefined): Explanation | undefined =>
    of && explain(of, cache);
  if (record) return [{name: record.name, result: 'done', explanation: explained(record)}];
  const {steps} = findBuild(request.what, workspace);
  // A base image is no result: it is looked up each time.
  const worked = steps.filter(({key, result}) => key !== undefined || result !== 'done');
  return worked.map(({name, result, key}) => ({
    name,
    result,
    explanation: explained(result === 'done' && key ? cache.find(key) : undefined),
  }));
}
