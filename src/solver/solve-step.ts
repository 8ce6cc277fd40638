/** One vertex whose inputs are known: an earlier result if a key finds one, else the work itself. */
import {performance} from 'node:perf_hooks';
import {Bug, unreachable} from '../base/bug.js';
import {timestamp} from '../base/clock.js';
import {chainContent, contentKey, type KeyInputs} from '../cache/cache-key.js';
import type {CacheRecord, StepOrigin} from '../cache/cache-record.js';
import type {ResultCache} from '../cache/result-cache.js';
import type {ImportedResults} from '../cache/shared/imported-results.js';
import type {CopyOp, Op} from '../graph/op.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import type {Definition} from './definitions.js';
import type {ExecutionContext, Executor, Root, Selection} from './executor.js';
import {type KnownResult, knownByContent, knownByDefinition, takeKnown} from './known-result.js';
import type {Solved} from './solved.js';
import {consumedContent, type Known, selectFromInput} from './step-keys.js';

/** Whose inputs are solved, and no result known by its definition. */
export interface Step extends Definition {
  readonly vertex: Vertex;
  readonly inputs: readonly (Solved | undefined)[];
  readonly executor: Executor;
  readonly cache: ResultCache;
  readonly imported: ImportedResults;
  readonly context: ExecutionContext;
  readonly origin: StepOrigin;
  /** Take no earlier result. */
  readonly fresh: boolean;
}

export async function solveStep(step: Step): Promise<Solved> {
  if (step.vertex.op.kind === 'image') return solveImage(step);
  const {definition, selection} = step;
  return inTurn(step, definition, async () => {
    const waited = step.remade ? undefined : taken(step, knownByDefinition(definition, step));
    return waited ?? probeContent({...step, selection: selection ?? (await selectFromInput(step))});
  });
}

/** No other process works at this key until the result is recorded, or there is none. */
async function inTurn(
  {cache, context}: Step,
  key: Digest,
  work: () => Promise<Solved>,
): Promise<Solved> {
  const turn = await cache.lock(key, context.signal);
  const end = (): void => turn[Symbol.dispose]();
  const working = work();
  void working.then(({recorded}) => recorded).then(end, end);
  return working;
}

const taken = (step: Step, known: KnownResult | undefined): Solved | undefined =>
  known === undefined || step.fresh ? undefined : takeKnown(known, step);

async function solveImage(step: Step): Promise<Solved> {
  const {op} = step.vertex;
  if (op.kind !== 'image') throw new Bug(`${op.kind} is not an image`);
  const root = await step.executor.image(op, step.context);
  const {definition} = step;
  // A base's layers have no content digests of their own: its content is its chainID, which knows times.
  const known = {definition, content: root.chainID, chainID: root.chainID, base: root};
  return {...known, cached: false, open: root.open};
}

async function probeContent(step: Step): Promise<Solved> {
  const {op} = step.vertex;
  const consumed = await consumedContent(step, step.selection);
  const key = contentKey(op, consumed);
  // Another definition may lead to the same content at this moment.
  return inTurn(step, key, async () => {
    const known = knownByContent(key, step);
    const found = taken(step, known);
    if (found && known?.kind === 'own') step.cache.link(step.definition, key);
    return found ?? make(step, key, consumed);
  });
}

async function make(step: Step, key: Digest, consumed: KeyInputs): Promise<Solved> {
  const {op, name} = step.vertex;
  const {definition, inputs, origin} = step;
  if (step.cache.isDamaged(key)) step.context.log('stderr', damageNotice(key));
  const candidate = step.fresh ? undefined : step.cache.candidates.best({op, origin, ...consumed});
  const start = performance.now();
  const whole = standsOnWhole(step);
  // Until somebody waits for it.
  whole.catch(() => undefined);
  const {root, content} = settle(step, await executeOn(whole, step, candidate));
  const record: CacheRecord = {
    definition,
    key,
    op,
    name,
    inputNames: step.vertex.inputs.map((input) => input?.name ?? ''),
    parents: inputs.flatMap((input) => input?.key ?? []),
    origin,
    ...consumed,
    candidate: candidate?.key,
    fresh: step.fresh,
    chainID: root?.chainID ?? null,
    content: content ?? null,
    createdAt: timestamp(),
    duration: Math.round(performance.now() - start),
  };
  const recorded = whole.then(() => step.cache.put(record, step.selection?.ingredients() ?? []));
  recorded.catch(() => undefined);
  const base = inputs[0]?.base;
  const open = async () => root;
  const chainID = root?.chainID;
  return {definition, key, content, chainID, base, cached: false, open, recorded};
}

const damageNotice = (key: Digest): Buffer =>
  Buffer.from(`cache record ${key} is damaged: this step runs again\n`);

/**
 * A step's result is that of its inputs only while those are what was made: they are looked at while it runs, and what
 * follows it does not wait for that either.
 */
async function standsOnWhole({executor, context, inputs}: Step): Promise<void> {
  await Promise.all(inputs.map((input) => input?.recorded));
  await checkAndTell(await openAll(inputs), executor, context);
}

/** The damage is a line of the step's log, too. */
export async function checkAndTell(
  roots: readonly Root[],
  executor: Executor,
  context: ExecutionContext,
): Promise<void> {
  try {
    await executor.check(roots);
  } catch (error) {
    context.log('stderr', Buffer.from(`${(error as Error).message}\n`));
    throw error;
  }
}

/** Where the step fails although its inputs are damaged, the damage is why. */
async function executeOn(
  whole: Promise<void>,
  step: Step,
  candidate: CacheRecord | undefined,
): Promise<Root> {
  try {
    return await execute(step, candidate);
  } catch (error) {
    await whole;
    throw error;
  }
}

async function execute(step: Step, candidate: CacheRecord | undefined): Promise<Root> {
  const {executor, context, inputs, selection} = step;
  const op: Op = step.vertex.op;
  const onto = await inputs[0]?.open();
  switch (op.kind) {
    case 'run':
      return executor.run(op, await openAll(inputs), context);
    case 'mkdir':
      return executor.makeDirectory(op, onto, context);
    case 'merge':
      return executor.merge(onto, await inputs[1]?.open());
    case 'http':
    case 'git':
      return fetch(selection);
    case 'copy':
      return copy(step, op, {onto, earlier: earlierRoot(executor, candidate), selection});
    case 'image':
      throw new Bug('an image is not executed');
    default:
      return unreachable(op);
  }
}

function fetch(pinned: Known): Promise<Root> {
  if (!pinned || !('fetch' in pinned)) throw new Bug('a source is pinned before it is fetched');
  return pinned.fetch();
}

const openAll = (inputs: Step['inputs']): Promise<Root[]> =>
  Promise.all(inputs.map((input) => input?.open()));

async function copy(
  step: Step,
  op: CopyOp,
  {onto, earlier, selection}: {onto: Root; earlier: Root; selection: Selection | undefined},
): Promise<Root> {
  if (!selection) throw new Bug('a copy selects before it copies');
  const source = await step.inputs[1]?.open();
  return step.executor.copy(op, {onto, source, earlier}, selection, step.context);
}

const earlierRoot = (executor: Executor, candidate: CacheRecord | undefined): Root =>
  candidate?.chainID ? executor.find(candidate.chainID) : undefined;

/** Early cutoff: where the same content was made before, that earlier root is the result, and all after it hits. */
function settle(step: Step, made: Root): {root: Root; content: Digest | undefined} {
  const [input] = step.inputs;
  if (made?.chainID === input?.chainID) return {root: made, content: input?.content};
  if (!made) throw new Bug('a step cannot empty its root');
  const content = chainContent(input?.content, made.contentDigest);
  const before = step.fresh ? undefined : step.cache.findContent(content);
  const root = before && step.executor.find(before);
  return {root: root ?? made, content};
}
