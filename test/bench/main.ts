/**
 * `npm run bench -- [flags]`: tsbuild and the builders this machine has, side by side.
 *
 *   --only REGEX      cases whose name matches
 *   --runs N          runs of a case (5)
 *   --peer-runs N     runs of a peer, when they are slow (as --runs)
 *   --lab PROGRAM     where the peers are: `PROGRAM sh CMD…` as root, `PROGRAM peer CMD…` as an ordinary user
 *                     ($TSBUILD_BENCH_LAB); without it, those on PATH
 *   --directory DIR   contexts, archives and stores ($TSBUILD_BENCH_DIR, .bases/bench); a lab must see it under the same path
 *   --user NAME       the ordinary user for rootless runs when root starts the bench (builder)
 *   --no-peers        tsbuild alone
 *   --json FILE       raw results
 */
import {chmodSync, copyFileSync, existsSync, mkdirSync, statSync, writeFileSync} from 'node:fs';
import {cpus, loadavg, release, totalmem} from 'node:os';
import {basename, join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {basesDirectory, ensureBase, repository} from '../bases/ensure-base.js';
import type {BaseName} from '../bases/recipes.js';
import type {Builder} from './builder.js';
import type {Case} from './case.js';
import {cases} from './cases.js';
import {findPeers, peerPlaces} from './peers.js';
import {BenchRegistry} from './registry.js';
import {runCase} from './run-case.js';
import {as, here} from './shell.js';
import {type Measured, table} from './table.js';
import {tsbuild} from './tsbuild.js';
import {ensureWorkload} from './workloads/ensure-workload.js';

const {values: flags} = parseArgs({
  options: {
    only: {type: 'string', default: '.'},
    runs: {type: 'string', default: '5'},
    'peer-runs': {type: 'string'},
    lab: {type: 'string', default: process.env['TSBUILD_BENCH_LAB'] ?? ''},
    directory: {
      type: 'string',
      default: process.env['TSBUILD_BENCH_DIR'] ?? join(basesDirectory, 'bench'),
    },
    user: {type: 'string', default: 'builder'},
    'no-peers': {type: 'boolean', default: false},
    json: {type: 'string'},
  },
});

const say = (line: string) => void process.stderr.write(`${line}\n`);
const directory = resolve(flags.directory);
const scratch = join(directory, 'scratch');

async function main(): Promise<void> {
  mkdirSync(scratch, {recursive: true});
  chmodSync(scratch, 0o1777);
  const ours = ourBuilders();
  const {found, missing} = flags['no-peers']
    ? {found: [], missing: []}
    : findPeers(peerPlaces(flags.lab === '' ? undefined : flags.lab, flags.user));
  for (const peer of missing) say(`not measured: ${peer}`);
  const builders = [...ours, ...found];
  using registry = new BenchRegistry(join(directory, 'registry'));
  const measured: Measured[] = [];
  for (const what of cases.filter(({name}) => new RegExp(flags.only).test(name))) {
    measured.push({what, rows: await measure(what, {builders, ours, registry})});
  }
  process.stdout.write(`${machine()}\n\n${table(measured)}`);
  if (flags.json !== undefined) writeFileSync(flags.json, JSON.stringify(measured, null, 1));
}

interface Participants {
  readonly builders: readonly Builder[];
  readonly ours: readonly Builder[];
  readonly registry: BenchRegistry;
}

async function measure(what: Case, {builders, ours, registry}: Participants) {
  say(what.name);
  const context =
    what.workload === undefined ? '' : ensureWorkload(join(directory, 'contexts'), what.workload);
  const base = what.base === undefined ? undefined : await visibleBase(what.base);
  const ready = builders.filter((builder) =>
    succeeds(builder, () => {
      if (base !== undefined) builder.load(base);
      if (what.registry) registry.startAt(builder.root);
    }),
  );
  const place = {context, scratch, registry};
  const [tsbuild] = ours;
  if (tsbuild !== undefined && ready.includes(tsbuild)) what.ready?.(tsbuild, place);
  const runs = Number(flags.runs);
  const rows = runCase(what, ready, {
    place,
    runs: (builder) => (ours.includes(builder) ? runs : Number(flags['peer-runs'] ?? runs)),
    report: say,
  });
  for (const row of rows) {
    say(
      `  ${row.builder}: ${row.median.toFixed(3)} s, least ${row.least.toFixed(3)}, ${row.runs} runs`,
    );
  }
  return rows;
}

/** As root: once as root and once as an ordinary user. */
function ourBuilders(): Builder[] {
  const common = {root: here, repository, directory: scratch};
  if (process.getuid?.() !== 0) return [tsbuild({...common, name: 'tsbuild', shell: here})];
  return [
    tsbuild({...common, name: 'tsbuild', shell: as(flags.user)}),
    tsbuild({...common, name: 'tsbuild-root', shell: here}),
  ];
}

/** A builder that fails is reported and left out. */
function succeeds({name}: Builder, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    say(`  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/** A copy beside the contexts, where a lab can read it. */
async function visibleBase(name: BaseName): Promise<string> {
  const archive = await ensureBase(name);
  const copy = join(directory, basename(archive));
  if (!existsSync(copy) || statSync(copy).size !== statSync(archive).size)
    copyFileSync(archive, copy);
  return copy;
}

function machine(): string {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const load = loadavg()[0]?.toFixed(1);
  return `${cpus().length} cores (${cpus()[0]?.model}), ${memory} GiB, Linux ${release()}, Node ${process.version}, load ${load}`;
}

await main();
