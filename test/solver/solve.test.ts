import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {ResultCache} from '../../src/cache/result-cache.js';
import type {CopyOp, RunOp} from '../../src/graph/op.js';
import {type Vertex, vertex} from '../../src/graph/vertex.js';
import {type Digest, digestOf} from '../../src/oci/digest.js';
import type {SolveEvent} from '../../src/solver/events.js';
import {type SolveRequest, solve} from '../../src/solver/solve.js';
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

const run = (command: string, input: Vertex | null = base): Vertex => {
  const op: RunOp = {
    kind: 'run',
    args: [command],
    env: [],
    workingDirectory: '/',
    user: '',
    network: 'default',
  };
  return vertex({name: `RUN ${command}`, inputs: [input], op});
};

const copy = (input: Vertex | null = base): Vertex => {
  const op: CopyOp = {
    kind: 'copy',
    from: 'context',
    sources: ['.'],
    destination: '/',
    excludes: [],
    unpack: false,
  };
  return vertex({name: 'COPY . /', inputs: [input], op});
};

function bench() {
  const folder = mkdtempSync(join(tmpdir(), 'solve-'));
  const executor = new FakeExecutor();
  const build = async (
    target: Vertex,
    options: {fresh?: SolveRequest['fresh']; jobs?: number | undefined; signal?: AbortSignal} = {},
  ) => {
    const events: SolveEvent[] = [];
    executor.calls.length = 0;
    const results = await solve({
      targets: [target],
      executor,
      cache: new ResultCache(folder),
      fresh: options.fresh ?? (() => false),
      originOf: ({name}) => ({project: 'app', place: name}),
      jobs: options.jobs,
      onEvent: (event) => events.push(event),
      signal: options.signal ?? new AbortController().signal,
    });
    return {ran: [...executor.calls], result: results.get(target.id), events};
  };
  return {
    executor,
    folder,
    build,
    [Symbol.dispose]: () => rmSync(folder, {recursive: true, force: true}),
  };
}

test('a failing step is named, its dependants never start, and what finished before is kept', async () => {
  using lab = bench();
  const good = run('good');
  const bad = run('bad', good);
  lab.executor.produce = (op) => {
    if (op.kind === 'run' && op.args[0] === 'bad') throw new Error('boom');
    return 'x';
  };
  await expect(lab.build(run('after', bad))).rejects.toMatchObject({
    code: 'E_STEP_FAILED',
    vertex: {name: 'RUN bad'},
  });
  expect(lab.executor.calls).toEqual(['good', 'bad']);
  await expect(lab.build(bad)).rejects.toThrow('boom');
  expect(lab.executor.calls).toEqual(['bad']);
});

test('a layer that somebody wrote to is told by the step that builds on it, and made again', async () => {
  using lab = bench();
  lab.executor.produce = (op) => (op.kind === 'run' ? `${op.args[0]}` : op.kind);
  const first = run('first');
  const made = await lab.build(run('second', first));
  expect(made.ran).toEqual(['first', 'second']);
  const second = lab.executor.roots.get(made.result?.chainID as Digest);
  lab.executor.altered.add(`${second?.parent}`);
  expect((await lab.build(run('second', first))).ran).toEqual([]);

  const again = await lab.build(run('other', first));
  expect(again.ran).toEqual(['other', 'first', 'other']);
  const told = again.events.flatMap((event) => (event.kind === 'log' ? String(event.data) : []));
  expect(told.join('')).toContain(`snapshot ${second?.parent} is damaged`);
  expect((await lab.build(run('other', first))).ran).toEqual([]);
});

test('what follows a step runs while its ground is looked at, and all of it again where that was damaged', async () => {
  using lab = bench();
  const first = run('first');
  const made = await lab.build(first);
  lab.executor.altered.add(`${made.result?.chainID}`.slice(7, 23));
  const next = run('next', first);
  const copied = vertex({...copy(base), inputs: [base, next]});
  const last = run('last', copied);
  const check = lab.executor.check.bind(lab.executor);
  lab.executor.check = async (roots) => {
    while (!lab.executor.calls.includes('last')) await sleep(1);
    await check(roots);
  };
  const again = await lab.build(last);
  expect(again.ran).toEqual(['next', 'copy', 'last', 'first', 'next', 'copy', 'last']);
  const told = again.events.flatMap((event) => (event.kind === 'log' ? String(event.data) : []));
  expect(told).toEqual([expect.stringContaining('is damaged')]);
  expect((await lab.build(last)).ran).toEqual([]);
});

test('a layer that is damaged and in use ends the build', async () => {
  using lab = bench();
  const made = await lab.build(run('first'));
  lab.executor.altered.add(`${made.result?.chainID}`.slice(7, 23));
  lab.executor.discard = async (damage) => {
    throw damage;
  };
  await expect(lab.build(run('second', run('first')))).rejects.toMatchObject({
    code: 'E_SNAPSHOT_ALTERED',
  });
});

test('an abort ends the solve with E_CANCELED and reports the running step as canceled', async () => {
  using lab = bench();
  const abort = new AbortController();
  lab.executor.produce = async () => {
    abort.abort();
    throw new Error('killed');
  };
  await expect(lab.build(run('long'), {signal: abort.signal})).rejects.toMatchObject({
    code: 'E_CANCELED',
  });
});

test.each([
  {name: 'truncated', text: '{"key":'},
  {name: 'of another key', text: '{"key":"sha256:00"}'},
  {name: 'empty', text: ''},
])('a cache record that is $name is a miss, not an error', async ({text}) => {
  using lab = bench();
  await lab.build(run('a'));
  const records = join(lab.folder, 'records');
  for (const file of readdirSync(records)) writeFileSync(join(records, file), text);
  expect((await lab.build(run('a'))).ran).toEqual(['a']);
});

test('a cache record with one bit flipped is named, and its step runs again', async () => {
  using lab = bench();
  await lab.build(run('a'));
  const [name = ''] = readdirSync(join(lab.folder, 'records'));
  const path = join(lab.folder, 'records', name);
  const bytes = readFileSync(path);
  for (let at = 0; at < bytes.length; at += 37) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    writeFileSync(path, flipped);
    const {ran, events} = await lab.build(run('a'));
    expect(ran).toEqual(['a']);
    const told = events.flatMap((event) =>
      event.kind === 'log' ? [Buffer.from(event.data).toString()] : [],
    );
    expect(told.join('')).toContain(`cache record sha256:${name.replace('.json', '')} is damaged`);
  }
  expect((await lab.build(run('a'))).ran).toEqual([]);
});

test('an unchanged graph runs nothing and gives the same root', async () => {
  using lab = bench();
  const target = run('b', copy(run('a')));
  const cold = await lab.build(target);
  const warm = await lab.build(target);
  expect(cold.ran).toEqual(['a', 'copy', 'b']);
  expect(warm.ran).toEqual([]);
  expect(warm.result?.chainID).toBe(cold.result?.chainID);
});

test('a record whose layers are gone is a miss', async () => {
  using lab = bench();
  await lab.build(run('a'));
  lab.executor.roots.clear();
  expect((await lab.build(run('a'))).ran).toEqual(['a']);
});

test('a changed context runs the copy and what follows, not what came before', async () => {
  using lab = bench();
  lab.executor.produce = (op) => `${op.kind} of ${lab.executor.context}`;
  const target = run('b', copy(run('a')));
  await lab.build(target);
  lab.executor.context = 'other files';
  expect((await lab.build(target)).ran).toEqual(['copy', 'b']);
});

test('a step that ran again and made the same content lets what follows hit', async () => {
  using lab = bench();
  lab.executor.produce = (op) => (op.kind === 'run' ? 'always the same' : lab.executor.context);
  const first = run('generate v1');
  const second = run('generate v2');
  const before = await lab.build(run('b', first));
  const after = await lab.build(run('b', second));
  expect(after.ran).toEqual(['generate v2']);
  expect(after.result?.chainID).toBe(before.result?.chainID);
});

test.each([
  {made: 'something else', result: 'date and after', ran: ['date', 'after']},
  {made: 'what it made before', result: 'date alone', ran: ['date']},
])('a fresh vertex that makes $made has $result run', async ({made, ran}) => {
  using lab = bench();
  const target = run('after', run('date'));
  lab.executor.produce = (op) => (op.kind === 'run' ? `${op.args[0]}` : op.kind);
  await lab.build(target);
  const {produce} = lab.executor;
  if (made === 'something else')
    lab.executor.produce = async (op, root) => `${await produce(op, root)} later`;
  const fresh = ({name}: Vertex) => name === 'RUN date';
  expect((await lab.build(target, {fresh})).ran).toEqual(ran);
  expect((await lab.build(target)).ran).toEqual([]);
});

test('fresh vertices ignore earlier results', async () => {
  using lab = bench();
  await lab.build(run('a'));
  expect((await lab.build(run('a'), {fresh: () => true})).ran).toEqual(['a']);
});

test('equal vertices of one graph, and of two builds at once, run once', async () => {
  using lab = bench();
  lab.executor.produce = async () => {
    await sleep(50);
    return 'slow';
  };
  const results = await Promise.all([lab.build(run('slow')), lab.build(run('slow'))]);
  expect(lab.executor.calls).toEqual(['slow']);
  expect(results[0].result?.chainID).toBe(results[1].result?.chainID);
});

test('steps that two definitions lead to, and that have one content key, run once at once', async () => {
  using lab = bench();
  lab.executor.produce = async (op) => {
    if (op.kind === 'run' && op.args[0] === 'slow') await sleep(50);
    return 'the same';
  };
  const slow = (before: string) => lab.build(run('slow', run(before)));
  await lab.build(run('one'));
  await lab.build(run('two'));
  const built = await Promise.all([slow('one'), slow('two')]);
  expect(lab.executor.calls).toEqual(['slow']);
  expect(built[0].result?.chainID).toBe(built[1].result?.chainID);
});

test('a canceled build does not wait for the step of another, and the other is left alone', async () => {
  using lab = bench();
  const abort = new AbortController();
  lab.executor.produce = async () => {
    abort.abort();
    await sleep(30);
    return 'slow';
  };
  const first = lab.build(run('slow'));
  const second = lab.build(run('slow'), {signal: abort.signal});
  await expect(second).rejects.toMatchObject({code: 'E_CANCELED'});
  expect((await first).result).toBeDefined();
  expect(lab.executor.calls).toEqual(['slow']);
});

/** A step that rests on `left` and `right`, which do not know each other. */
const joined = vertex({
  name: 'COPY --from',
  inputs: [run('left'), run('right')],
  op: {
    kind: 'copy',
    from: 'input',
    sources: ['x'],
    destination: '/',
    excludes: [],
    unpack: false,
  },
});

test('a step that waits for its turn does not start once another has failed', async () => {
  using lab = bench();
  lab.executor.produce = () => {
    throw new Error('boom');
  };
  await expect(lab.build(joined, {jobs: 1})).rejects.toThrow('boom');
  expect(lab.executor.calls).toEqual(['left']);
});

test.each([
  {jobs: undefined, most: 2},
  {jobs: 2, most: 2},
  {jobs: 1, most: 1},
])('of two independent steps $most run side by side where jobs is $jobs', async ({jobs, most}) => {
  using lab = bench();
  let together = 0;
  const seen: number[] = [];
  lab.executor.produce = async (op) => {
    seen.push(++together);
    await sleep(30);
    together -= 1;
    return JSON.stringify(op);
  };
  await lab.build(joined, {jobs});
  expect(Math.max(...seen)).toBe(most);
  expect(lab.executor.calls).toEqual(['left', 'right', 'copy']);
});
