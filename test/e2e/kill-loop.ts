/** Builds that are killed at any moment, and what each leaves behind. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {performance} from 'node:perf_hooks';
import {setTimeout as sleep} from 'node:timers/promises';
import {outcome, type Place} from './place.js';

export interface Round {
  readonly afterMilliseconds: number;
  /** False when the build was over before. */
  readonly killed: boolean;
  /** Processes that still see a mount of the store. */
  readonly left: readonly string[];
  /** Exit code of the next command. */
  readonly next: number | null;
}

const STEPS = 8;
/** Of a whole build's time: the rest is the process going away. */
const LATEST = 0.9;

/** One whole build tells how long it takes; each round then kills another after its own part of that time. At last a build must succeed. */
export async function killLoop(place: Place, rounds: number): Promise<Round[]> {
  const start = performance.now();
  await place.ok(['build', '-t', 'whole', context(place, 'whole')]);
  const whole = performance.now() - start;
  const results: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const afterMilliseconds = Math.round(((round + 0.5) / rounds) * LATEST * whole);
    results.push(await killOnce(place, `${round}`, afterMilliseconds));
  }
  await place.build(context(place, 'last'), 'last');
  return results;
}

async function killOnce(place: Place, text: string, afterMilliseconds: number): Promise<Round> {
  const child = place.start(['build', '--progress', 'plain', '-t', 'killed', context(place, text)]);
  const ended = outcome(child);
  await Promise.race([sleep(afterMilliseconds), ended]);
  const killed = child.exitCode === null && child.kill('SIGKILL');
  await ended;
  const left = await goneWithin(place.store, 5000);
  const next = await place.run(['images', '--quiet']);
  return {afterMilliseconds, killed, left, next: next.code};
}

const dockerfile = (text: string) =>
  `FROM busybox\nCOPY . /context\n${Array.from(
    {length: STEPS},
    (_, step) => `RUN echo ${text} ${step} > /step${step}; sleep 0.1; seq 2000 > /numbers${step}\n`,
  ).join('')}`;

const context = (place: Place, text: string): string =>
  place.context({Dockerfile: dockerfile(text), payload: text.repeat(1 << 18)});

/** Waits until no process sees a mount below the path; returns those that still do. */
async function goneWithin(path: string, milliseconds: number): Promise<string[]> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const left = holders(path);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(50);
  }
}

function holders(path: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(join('/proc', pid, 'mountinfo'), 'utf8').includes(path);
    } catch {
      return false;
    }
  });
}
