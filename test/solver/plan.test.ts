/** A plan is held against the build that follows, over generated edits. */
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {ResultCache} from '../../src/cache/result-cache.js';
import type {CopyOp, ImageOp, RunOp} from '../../src/graph/op.js';
import {type Vertex, vertex} from '../../src/graph/vertex.js';
import {digestOf} from '../../src/oci/digest.js';
import type {SolveEvent} from '../../src/solver/events.js';
import {type PlannedStep, planGraph} from '../../src/solver/plan.js';
import {solve} from '../../src/solver/solve.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {FakeExecutor} from './fake-executor.js';

/** What a person edits. */
interface Sources {
  readonly base: number;
  readonly context: number;
  readonly compile: number;
  readonly install: number;
  readonly final: number;
  /** Where the copied files lie. */
  readonly place: number;
}

type Edit =
  | {readonly kind: 'set'; readonly what: keyof Sources; readonly to: number}
  | {readonly kind: 'lose'; readonly nth: number}
  | {readonly kind: 'fresh'; readonly stage: string}
  | {readonly kind: 'nothing'};

const run = (name: string, version: number, input: Vertex): Vertex => {
  const op: RunOp = {
    kind: 'run',
    args: [name, `${version}`],
    env: [],
    workingDirectory: '/',
    user: '',
    network: 'default',
  };
  return vertex({name: `RUN ${name}`, inputs: [input], op});
};

const copy = (from: CopyOp['from'], place: number, inputs: readonly Vertex[]): Vertex => {
  const shared = {sources: [`/${place}`], destination: '/', excludes: [], unpack: false};
  return vertex({name: `COPY from ${from}`, inputs, op: {kind: 'copy', from, ...shared}});
};

function graphOf({base, compile, install, final, place}: Sources): Vertex {
  const op: ImageOp = {
    kind: 'image',
    reference: 'base',
    manifest: digestOf(`${base}`),
    platform: {os: 'linux', architecture: 'amd64'},
  };
  const from = vertex({name: 'FROM base', inputs: [], op});
  const compiled = run('compile', compile, copy('context', place, [from]));
  const installed = run('install', install, from);
  return run('final', final, copy('input', place, [installed, compiled]));
}

const version = fc.integer({min: 0, max: 3});
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    what: fc.constantFrom<keyof Sources>('base', 'context', 'compile', 'install', 'final', 'place'),
    to: version,
  }),
  fc.record({kind: fc.constant('lose' as const), nth: fc.nat(20)}),
  fc.record({
    kind: fc.constant('fresh' as const),
    stage: fc.constantFrom('RUN compile', 'RUN install', 'COPY from input'),
  }),
  fc.constant({kind: 'nothing' as const}),
);

/** A step that may make the files anew, where they are copied from another place than before. */
const FILES_MOVED: Edit[] = [
  {kind: 'set', what: 'place', to: 1},
  {kind: 'fresh', stage: 'RUN compile'},
  {kind: 'nothing'},
];

test('a planned HIT is taken, a MISS runs, and an UNKNOWN rests on a step that runs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 12}), async (edits) => {
      await using folder = temporaryFolder();
      const lab = laboratory(folder.path);
      let sources: Sources = {base: 0, context: 0, compile: 0, install: 0, final: 0, place: 0};
      await lab.build(sources);
      for (const each of edits) {
        if (each.kind === 'set') sources = {...sources, [each.what]: each.to};
        if (each.kind === 'lose') lab.lose(each.nth);
        const fresh = each.kind === 'fresh' ? each.stage : undefined;
        const plan = await lab.plan(sources, fresh);
        const cached = await lab.build(sources, fresh);
        for (const step of plan) holds(step, {plan, cached});
      }
    }),
    {numRuns: 30, examples: [[FILES_MOVED]]},
  );
});

function holds(
  {vertex: {id, name}, outlook}: PlannedStep,
  {plan, cached}: {plan: readonly PlannedStep[]; cached: ReadonlyMap<string, boolean>},
): void {
  if (outlook.kind === 'hit') expect([name, cached.get(id)]).toEqual([name, true]);
  if (outlook.kind === 'unneeded') expect([name, cached.get(id)]).toEqual([name, true]);
  if (outlook.kind === 'miss') expect([name, cached.get(id)]).toEqual([name, false]);
  if (outlook.kind !== 'unknown') return;
  const kinds = outlook.decidedBy.map(
    (input) => plan.find((step) => step.vertex.id === input.id)?.outlook.kind,
  );
  expect(kinds.length).toBeGreaterThan(0);
  for (const kind of kinds) expect(kind).toMatch(/^(miss|unknown)$/);
}

function laboratory(folder: string) {
  const executor = new FakeExecutor();
  const cache = new ResultCache(folder);
  const shared = {
    executor,
    cache,
    originOf: ({name}: Vertex) => ({project: 'app', place: name}),
    signal: new AbortController().signal,
  };
  // Versions of equal parity make equal files, so that early cutoff happens.
  executor.produce = (op, parent) => {
    if (op.kind !== 'run') return `${op.kind} of ${Number(executor.context) % 2}`;
    return `${op.args[0]} ${Number(op.args[1]) % 2} on ${parent?.contentDigest}`;
  };
  const request = (sources: Sources, fresh: string | undefined) => {
    executor.context = `${sources.context}`;
    executor.base = `${sources.base}`;
    const isFresh = ({name}: Vertex): boolean => name === fresh;
    return {...shared, targets: [graphOf(sources)], fresh: isFresh};
  };
  return {
    plan: (sources: Sources, fresh?: string) => planGraph(request(sources, fresh)),
    async build(sources: Sources, fresh?: string) {
      const cached = new Map<string, boolean>();
      const onEvent = (event: SolveEvent): void => {
        if (event.kind === 'finished') cached.set(event.vertex.id, event.cached);
      };
      await solve({...request(sources, fresh), onEvent});
      return cached;
    },
    /** Layers that somebody removed. */
    lose(nth: number) {
      const [chainID] = [...executor.roots.keys()].slice(nth % executor.roots.size);
      if (chainID) executor.roots.delete(chainID);
    },
  };
}
