/** A step's result that is known by a key: of this machine's cache, or of another's, whose layers come when somebody needs the files. */
import type {CacheRecord, StepOrigin} from '../cache/cache-record.js';
import type {ResultCache} from '../cache/result-cache.js';
import type {ImportedResult, ImportedResults} from '../cache/shared/imported-results.js';
import type {Vertex} from '../graph/vertex.js';
import {chainIDs} from '../oci/chain-id.js';
import type {Digest} from '../oci/digest.js';
import type {Executor, LazyRoot, Root} from './executor.js';
import type {Solved} from './solved.js';
import type {Known} from './step-keys.js';

export type KnownResult =
  | {readonly kind: 'own'; readonly record: CacheRecord; readonly root: Root}
  | {readonly kind: 'imported'; readonly result: ImportedResult};

export interface Places {
  readonly executor: Pick<Executor, 'find'>;
  readonly cache: Pick<ResultCache, 'find' | 'findByDefinition'>;
  readonly imported: ImportedResults;
}

/** This machine's own comes first; one whose layers are gone is none. */
export const knownByDefinition = (definition: Digest, places: Places): KnownResult | undefined =>
  own(places.cache.findByDefinition(definition), places) ??
  others(places.imported.findByDefinition(definition));

export const knownByContent = (key: Digest, places: Places): KnownResult | undefined =>
  own(places.cache.find(key), places) ?? others(places.imported.find(key));

function own(record: CacheRecord | undefined, {executor}: Places): KnownResult | undefined {
  if (record === undefined) return undefined;
  const root = record.chainID === null ? undefined : executor.find(record.chainID);
  return record.chainID === null || root ? {kind: 'own', record, root} : undefined;
}

const others = (result: ImportedResult | undefined): KnownResult | undefined =>
  result && {kind: 'imported', result};

/** What it is on the image that the step stands on here. */
interface Ground {
  readonly definition: Digest;
  readonly base: LazyRoot | undefined;
  readonly executor: Pick<Executor, 'restore'>;
}

/** Undefined for an imported one that stands on another image. */
export function solvedBy(
  known: KnownResult,
  {definition, base, executor}: Ground,
): Solved | undefined {
  if (known.kind === 'own') {
    const {record, root} = known;
    const {key, content} = record;
    const facts = {definition, key, content: content ?? undefined, chainID: root?.chainID, base};
    return {...facts, cached: true, open: async () => root};
  }
  const {result} = known;
  const {key, content, layers} = result;
  if (result.base !== (base?.chainID ?? null)) return undefined;
  const chain = chainIDs(
    layers.map(({diffID}) => diffID),
    base?.chainID,
  );
  const chainID = chain.at(-1) ?? base?.chainID;
  let root: Promise<Root> | undefined;
  const open = () => {
    root ??= executor.restore(layers, base);
    return root;
  };
  const facts = {definition, key, content: content ?? undefined, chainID, base};
  return {...facts, cached: true, imported: result, open};
}

/** Who takes it. */
interface Taking {
  readonly vertex: Vertex;
  readonly definition: Digest;
  readonly selection: Known;
  readonly inputs: readonly (Solved | undefined)[];
  readonly executor: Pick<Executor, 'find' | 'restore'>;
  readonly cache: Pick<ResultCache, 'use' | 'adopt'>;
  readonly origin: StepOrigin;
}

/** `solvedBy`, and written down as used. */
export function takeKnown(known: KnownResult, taking: Taking): Solved | undefined {
  const {inputs, cache, origin, executor} = taking;
  const solved = solvedBy(known, {...taking, base: inputs[0]?.base});
  if (solved === undefined) return undefined;
  if (known.kind === 'own') {
    cache.use(known.record, origin);
    return solved;
  }
  const {chainID} = solved;
  const keep = () => {
    if (chainID === undefined || executor.find(chainID)) adopt(known.result, taking, chainID);
  };
  return {...solved, keep};
}

/** From now on it is a result of this machine's cache. */
function adopt(imported: ImportedResult, taking: Taking, chainID: Digest | undefined): void {
  const {vertex, definition, selection, inputs, origin, cache} = taking;
  const {from: _from, base: _base, layers: _layers, ...facts} = imported;
  const parents = inputs.flatMap((input) => input?.key ?? []);
  const own = {definition, op: vertex.op, parents, origin, fresh: false, chainID: chainID ?? null};
  cache.adopt({...facts, ...own}, selection?.ingredients() ?? []);
}
