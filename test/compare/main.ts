/**
 * `npm run compare -- [flags] [CASE…]`: each case built by tsbuild and by BuildKit, and every difference of the results.
 *
 *   --lab PROGRAM     where docker is: `PROGRAM sh CMD…` runs as root ($TSBUILD_BENCH_LAB); without it, on PATH
 *   --directory DIR   what both read and write ($TSBUILD_BENCH_DIR, .bases/compare); a lab must see it under the same path
 *   --jobs N          cases at a time (2)
 *   --verbose         also the differences that are explained
 *
 * Exits with 1 when a difference is not explained in the case's differences.json, or a note there explains nothing.
 */
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {basesDirectory, ensureBase, repository} from '../bases/ensure-base.js';
import type {BaseName} from '../bases/recipes.js';
import {removingStore} from '../helpers/enter.js';
import {buildkitSide} from './buildkit-side.js';
import {succeed} from './command.js';
import {type Comparison, compareCase, type Sides} from './compare-case.js';
import {type CompareCase, corpus} from './corpus.js';
import {report, summary} from './report.js';
import {writeStandIns} from './stand-ins.js';
import {tsbuildSide} from './tsbuild-side.js';

const {values: flags, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    lab: {type: 'string', default: process.env['TSBUILD_BENCH_LAB'] ?? ''},
    directory: {
      type: 'string',
      default: process.env['TSBUILD_BENCH_DIR'] ?? join(basesDirectory, 'compare'),
    },
    jobs: {type: 'string', default: '2'},
    verbose: {type: 'boolean', default: false},
  },
});

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const cases = corpus(positionals);
  mkdirSync(resolve(flags.directory), {recursive: true});
  const directory = mkdtempSync(join(resolve(flags.directory), 'run-'));
  const sides: Sides = {
    tsbuild: tsbuildSide(directory),
    buildkit: buildkitSide(flags.lab === '' ? undefined : flags.lab, directory),
  };
  try {
    await loadBases(cases, sides, directory);
    const results = await compareAll(cases, sides, directory);
    say(summary(results));
    const isClean = results.every(({unexplained, idle}) => unexplained.length + idle.length === 0);
    process.exitCode = isClean ? 0 : 1;
  } finally {
    await remove(directory);
  }
}

async function compareAll(cases: CompareCase[], sides: Sides, directory: string) {
  const waiting = [...cases];
  const results: Comparison[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await compareCase(next, sides, directory);
      results.push(result);
      for (const line of report(result, flags.verbose)) say(line);
    }
  };
  await Promise.all(Array.from({length: Number(flags.jobs)}, work));
  return results;
}

/** The images of the fixtures, and the real bases that a Dockerfile names. */
async function loadBases(cases: readonly CompareCase[], sides: Sides, directory: string) {
  const archives = cases.some(({isProject}) => !isProject) ? await writeStandIns(directory) : [];
  const texts = cases.map(({folder}) => readFileSync(join(folder, 'Dockerfile'), 'latin1'));
  for (const [reference, base] of Object.entries(BASES)) {
    if (!texts.some((text) => text.includes(reference))) continue;
    const copy = join(directory, basename(await ensureBase(base)));
    copyFileSync(await ensureBase(base), copy);
    archives.push(copy);
  }
  for (const archive of archives) {
    await sides.tsbuild.load(archive);
    await sides.buildkit.load(archive);
  }
}

/** What no stand-in is for. */
const BASES: Readonly<Record<string, BaseName>> = {
  busybox: 'busybox',
  'debian:bookworm-slim': 'debian',
  'node:20-slim': 'node',
};

async function remove(directory: string): Promise<void> {
  await succeed([join(repository, 'dist/tsbuild'), ...removingStore(repository, directory)]);
}

await main();
