/**
 * `npm run scale [-- ROUNDS]`: what a cache of 10,000 results and 2,000 snapshots costs `build`, `cache ls` and `cache prune`,
 * beside the same store before they came. Medians, in milliseconds.
 */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {performance} from 'node:perf_hooks';
import {contentKey, definitionKey} from '../../src/cache/cache-key.js';
import {ResultCache} from '../../src/cache/result-cache.js';
import type {RunOp} from '../../src/graph/op.js';
import {type Digest, digestOf} from '../../src/oci/digest.js';
import {OverlaySnapshotter} from '../../src/snapshot/overlay-snapshotter.js';
import type {Snapshot} from '../../src/snapshot/snapshotter.js';
import {openStore} from '../../src/store/store.js';
import {openPlace, type Place} from '../e2e/place.js';

const RESULTS = 10_000;
const SNAPSHOTS = 2000;
const DEPTH = 10;

const rounds = Number(process.argv[2] ?? 9);
await using place = await openPlace('root', ['busybox']);
const files = place.context({
  Dockerfile: 'FROM busybox\nCOPY source /\nRUN cp /source /copy\nRUN echo 1 > /one\n',
  source: 'text',
});
await place.ok(['build', '-q', '-t', 'scaled', files]);
const commands: Readonly<Record<string, readonly string[]>> = {
  build: ['build', '-q', '-t', 'scaled', files],
  'cache ls': ['cache', 'ls'],
  'cache ls --filter': ['cache', 'ls', '--filter', 'id=none'],
  'cache ls --project': ['cache', 'ls', '--project', 'context1'],
  'cache prune': ['cache', 'prune', '--force', '--filter', 'id=none'],
};
const before = await measured();
const start = performance.now();
await fill(place.store);
console.log(`${RESULTS} results, ${SNAPSHOTS} snapshots, made in ${seconds(start)} s`);
const after = await measured();
for (const [name, time = 0] of before) {
  const now = after.get(name) ?? 0;
  const slower = ((now / time - 1) * 100).toFixed(0);
  console.log(`${name.padEnd(20)} ${time.toFixed(0)} → ${now.toFixed(0)} ms: ${slower} % slower`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

async function measured(): Promise<Map<string, number>> {
  const medians = new Map<string, number>();
  for (const [name, args] of Object.entries(commands)) {
    medians.set(name, await median(place, args));
  }
  return medians;
}

async function median(on: Place, args: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await on.ok(args);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}

async function fill(root: string): Promise<void> {
  await using store = await openStore(root, {lock: 'shared'});
  const {paths, ingest} = store;
  const snapshots = new OverlaySnapshotter({root: paths.snapshots, ingest, verify: () => true});
  const cache = new ResultCache(paths.cache);
  const stacks: Snapshot[] = [];
  for (let index = 0; index < SNAPSHOTS; index++) {
    const parent = index % DEPTH === 0 ? undefined : stacks.at(-1);
    stacks.push(layer(snapshots, parent, `layer ${index}`));
  }
  let parents: Digest[] = [];
  for (let index = 0; index < RESULTS; index++) {
    const snapshot = stacks[index % SNAPSHOTS] as Snapshot;
    if (index % DEPTH === 0) parents = [];
    parents = [put(cache, {index, snapshot, parents})];
  }
  snapshots.sync();
}

function layer(
  snapshots: OverlaySnapshotter,
  parent: Snapshot | undefined,
  text: string,
): Snapshot {
  const draft = snapshots.prepare(parent);
  writeFileSync(join(draft.upper, 'file'), text);
  return draft.commit({diffID: digestOf(text), size: 2048, contentDigest: digestOf(`of ${text}`)});
}

function put(
  cache: ResultCache,
  {index, snapshot, parents}: {index: number; snapshot: Snapshot; parents: readonly Digest[]},
): Digest {
  const op: RunOp = {
    kind: 'run',
    args: ['/bin/sh', '-c', `make step-${index}`],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `STEP=${index}`],
    workingDirectory: '/app',
    user: '',
    network: 'default',
  };
  const inputs = {inputs: [digestOf(`content ${index - 1}`)]};
  const key = contentKey(op, inputs);
  cache.put(
    {
      op,
      ...inputs,
      key,
      definition: definitionKey(op, inputs),
      name: `[${(index % DEPTH) + 2}/${DEPTH + 1}] RUN make step-${index}`,
      inputNames: [`RUN make step-${index - 1}`],
      parents,
      origin: {project: `project-${index % 50}`, place: `stage-0 RUN ${index % DEPTH}`},
      chainID: snapshot.chainID,
      content: digestOf(`content ${index}`),
      fresh: false,
      createdAt: '2026-01-01T00:00:00Z',
      duration: 1000,
    },
    [],
  );
  return key;
}
