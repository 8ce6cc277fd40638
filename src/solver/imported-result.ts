/** A step's result that another machine made: known by its keys, its layers brought when somebody needs the files. */
import type {StepOrigin} from '../cache/cache-record.js';
import type {ResultCache} from '../cache/result-cache.js';
import type {ImportedResult} from '../cache/shared/imported-results.js';
import type {Vertex} from '../graph/vertex.js';
import {extendChain} from '../oci/chain-id.js';
import type {Digest} from '../oci/digest.js';
import type {Executor, Root} from './executor.js';
import type {Solved} from './solved.js';
import type {Known} from './step-keys.js';

/** The part of a step that this takes. */
interface Asking {
  readonly vertex: Vertex;
  readonly inputs: readonly (Solved | undefined)[];
  readonly executor: Pick<Executor, 'find' | 'restore'>;
  readonly cache: Pick<ResultCache, 'adopt'>;
  readonly origin: StepOrigin;
  readonly fresh: boolean;
}

interface Found {
  readonly definition: Digest;
  readonly imported: ImportedResult | undefined;
  readonly selection: Known;
}

/** Undefined where there is none, or it stands on another image. */
export function takeImported(step: Asking, found: Found): Solved | undefined {
  const {definition, imported} = found;
  const base = step.inputs[0]?.base;
  if (!imported || step.fresh || imported.base !== (base?.chainID ?? null)) return undefined;
  const {key, content, layers} = imported;
  const chainID = layers.reduce<Digest | undefined>(
    (below, {diffID}) => extendChain(below, diffID),
    base?.chainID,
  );
  let root: Promise<Root> | undefined;
  const open = () => {
    root ??= step.executor.restore(layers, base);
    return root;
  };
  const keep = () => {
    if (chainID === undefined || step.executor.find(chainID)) adopt(step, found, chainID);
  };
  const known = {definition, key, content: content ?? undefined, chainID, base};
  return {...known, cached: true, imported, open, keep};
}

/** From now on it is a result of this machine's cache. */
function adopt(
  {vertex, inputs: solved, origin, cache}: Asking,
  {definition, imported, selection}: Found,
  chainID: Digest | undefined,
): void {
  if (imported === undefined) return;
  const {from: _from, base: _base, layers: _layers, ...facts} = imported;
  const parents = solved.flatMap((input) => input?.key ?? []);
  const own = {definition, op: vertex.op, parents, origin, fresh: false, chainID: chainID ?? null};
  cache.adopt({...facts, ...own}, selection?.ingredients() ?? []);
}
