/** Builds that are killed at any moment, and what each leaves behind. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
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
const LONGEST = 2500;

/** Each round builds something new, kills it after a time that no other round takes, then lists images. At last a build must succeed. */
export async function killLoop(place: Place, rounds: number): Promise<Round[]> {
  const results: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const afterMilliseconds = Math.round(((round + 0.5) / rounds) * LONGEST);
    results.push(await killOnce(place, round, afterMilliseconds));
  }
  await place.build(place.context({Dockerfile: dockerfile('last')}), 'last');
  return results;
}

async function killOnce(place: Place, round: number, afterMilliseconds: number): Promise<Round> {
  const files = place.context({Dockerfile: dockerfile(`${round}`), payload: 'x'.repeat(1 << 20)});
  const child = place.start(['build', '--progress', 'plain', '-t', 'killed', files]);
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
