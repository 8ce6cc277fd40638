/** Results of other machines, solved without a kernel or a registry. */
import {expect, test} from 'vitest';
import {ResultCache} from '../../src/cache/result-cache.js';
import {ImportedResults} from '../../src/cache/shared/imported-results.js';
import type {SharedResult} from '../../src/cache/shared/shared-result.js';
import type {CopyOp, Op} from '../../src/graph/op.js';
import {type Vertex, vertex} from '../../src/graph/vertex.js';
import {digestOf} from '../../src/oci/digest.js';
import type {SolveEvent} from '../../src/solver/events.js';
import {planGraph} from '../../src/solver/plan.js';
import {solve} from '../../src/solver/solve.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {FakeExecutor} from './fake-executor.js';

const base = vertex({
  name: 'FROM base',
  inputs: [],
  op: {
    kind: 'image',
    reference: 'base',
    manifest: digestOf('base'),
    platform: {os: 'linux', architecture: 'amd64'},
  },
});

const run = (command: string, input: Vertex): Vertex => {
  const rest = {env: [], workingDirectory: '/', user: '', network: 'default'} as const;
  return vertex({name: command, inputs: [input], op: {kind: 'run', args: [command], ...rest}});
};

const copyOp: CopyOp = {
  kind: 'copy',
  from: 'input',
  sources: ['.'],
  destination: '/',
  excludes: [],
  unpack: false,
};
const copy = (onto: Vertex, source: Vertex): Vertex =>
  vertex({name: 'copy', inputs: [onto, source], op: copyOp});

const compiled = run('compile', base);
const app = run('final', copy(base, compiled));

/** A machine of its own; equal steps make other layers on each, of equal content. */
function machine(name: string) {
  const folder = temporaryFolder();
  const executor = new FakeExecutor();
  executor.name = name;
  const cache = new ResultCache(folder.path);
  const request = (target: Vertex, imported: ImportedResults) => ({
    targets: [target],
    executor,
    cache,
    imported,
    fresh: () => false,
    originOf: ({name: place}: Vertex) => ({project: 'app', place}),
    signal: new AbortController().signal,
  });
  return {
    executor,
    plan: (target: Vertex, imported: ImportedResults) => planGraph(request(target, imported)),
    async build(target: Vertex, imported = new ImportedResults()) {
      const events: SolveEvent[] = [];
      executor.calls.length = 0;
      const onEvent = (event: SolveEvent) => events.push(event);
      const results = await solve({...request(target, imported), onEvent});
      return {results, events, ran: executor.calls.filter((call) => call !== 'restore')};
    },
    /** What it would share of a build, of the vertices that are named. */
    async share(target: Vertex, names: readonly string[]): Promise<SharedResult[]> {
      const {results, events} = await this.build(target);
      const named = events.filter(
        (event) => event.kind === 'finished' && names.includes(event.vertex.name),
      );
      return named.flatMap(({vertex: {id}}) => {
        const solved = results.get(id);
        const record = solved?.key && cache.find(solved.key);
        if (!solved || !record) return [];
        return [{...record, base: solved.base?.chainID ?? null, layers: executor.shared(solved)}];
      });
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const all = ['compile', 'copy', 'final'];
const importing = (results: SharedResult[], warn: string[] = []) =>
  new ImportedResults([{name: 'there', results}], ({message}) => warn.push(message));

test('all steps of another machine are taken, and the layers of the last alone are brought', async () => {
  await using there = machine('there');
  await using here = machine('here');
  const results = await there.share(app, all);
  const plan = await here.plan(app, importing(results));
  expect(plan.map(({outlook}) => outlook.kind)).toEqual(['image', 'hit', 'hit', 'hit']);
  const built = await here.build(app, importing(results));
  expect(built.ran).toEqual([]);
  expect(here.executor.calls).toEqual(['restore', 'restore']);
  const from = built.events.flatMap((event) => (event.kind === 'finished' ? [event.from] : []));
  expect(from).toEqual([undefined, 'there', 'there', 'there']);

  // From then on they are this machine's, and what they were made of is not missed.
  const again = await here.build(app);
  expect(again.ran).toEqual([]);
});

test('without what they were made of the last steps are taken all the same', async () => {
  await using there = machine('there');
  await using here = machine('here');
  const results = await there.share(app, ['copy', 'final']);
  const plan = await here.plan(app, importing(results));
  expect(plan.map(({outlook}) => outlook.kind)).toEqual(['image', 'unneeded', 'hit', 'hit']);
  const {ran, events} = await here.build(app, importing(results));
  expect(ran).toEqual([]);
  const finished = events.flatMap((event) => (event.kind === 'finished' ? [event] : []));
  expect(finished.map(({vertex: {name}, cached}) => [name, cached])).toEqual([
    ['FROM base', false],
    ['copy', true],
    ['final', true],
    ['compile', true],
  ]);
  const changed = await here.build(run('more', compiled), importing(results));
  expect(changed.ran).toEqual(['compile', 'more']);
});

test('a step that comes out as on the other machine lets what follows be taken from there', async () => {
  await using there = machine('there');
  await using here = machine('here');
  const results = await there.share(app, all);
  here.executor.produce = (op) =>
    isRun(op, 'compile again') ? contentOf(compiled.op) : contentOf(op);
  const changed = run('final', copy(base, run('compile again', base)));
  const {ran} = await here.build(changed, importing(results));
  expect(ran).toEqual(['compile again']);
});

test('a layer that cannot be had is told once, and its step runs, with all that rests on it', async () => {
  await using there = machine('there');
  await using here = machine('here');
  const results = await there.share(app, all);
  const [broken] = results.find(({name}) => name === 'copy')?.layers ?? [];
  here.executor.broken.add(broken?.diffID ?? digestOf(''));
  const warnings: string[] = [];
  const {ran, events} = await here.build(app, importing(results, warnings));
  expect(ran).toEqual(['copy', 'final']);
  expect(warnings).toEqual([expect.stringContaining(`layer ${broken?.blob.digest}`)]);
  expect(events.filter(({kind}) => kind === 'failed')).toEqual([]);
});

test('a result that stands on another image is not taken', async () => {
  await using there = machine('there');
  await using here = machine('here');
  const results = await there.share(app, all);
  const elsewhere = results.map((result) => ({...result, base: digestOf('another')}));
  expect((await here.build(app, importing(elsewhere))).ran).toEqual(['compile', 'copy', 'final']);
});

const isRun = (op: Op, command: string): boolean => op.kind === 'run' && op.args[0] === command;
const contentOf = (op: Op): string => JSON.stringify(op);
