/** Two builders at once on one store, and somebody who prunes it all the while. */
import {readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Place} from './place.js';
import {type Seeded, seeded} from './seeded.js';

/** Seconds since the machine started, as steps read them too. */
interface Interval {
  readonly from: number;
  readonly to: number;
}

interface StepRun extends Interval {
  readonly step: string;
}

export interface Soaked {
  readonly builds: number;
  readonly prunes: number;
  readonly stepRuns: number;
  readonly failures: readonly string[];
  /** Images that are not whole. */
  readonly lost: readonly string[];
  /** Runs of a step whose result was there, or being made. */
  readonly duplicates: readonly string[];
}

const VARIANTS = 3;
const PRUNES = [
  ['cache', 'prune', '--all', '--force', '--filter', 'type=regular'],
  ['cache', 'prune', '--force', '--filter', 'type=regular'],
  ['cache', 'gc', '--max-used-space', '20k', '--reserved-space', '1', '--min-free-space', '1'],
  ['image', 'prune', '--force'],
];

/** Each builder makes `count` images, one after the other. */
export async function soak(place: Place, count: number, seed: number): Promise<Soaked> {
  const contexts = Array.from({length: VARIANTS}, (_, variant) =>
    place.context({Dockerfile: dockerfile(variant), source: String(variant)}),
  );
  const failures: string[] = [];
  const prunes: Interval[] = [];
  const done = new AbortController();
  const attempt = async (args: readonly string[]): Promise<void> => {
    const {code, stderr} = await place.run(args);
    if (code !== 0) failures.push(`${args.join(' ')}: ${stderr}`);
  };
  const build = async (name: string, random: Seeded): Promise<void> => {
    for (let index = 0; index < count; index++) {
      await attempt(['build', '-q', '-t', `${name}:${index}`, random.pick(contexts)]);
    }
  };
  const prune = async (random: Seeded): Promise<void> => {
    while (!done.signal.aborted) {
      const from = uptime();
      await attempt(random.pick(PRUNES));
      prunes.push({from, to: uptime()});
      await sleep(random.whole(1500));
    }
  };
  const pruning = prune(seeded(seed));
  await Promise.all([build('a', seeded(seed + 1)), build('b', seeded(seed + 2))]);
  done.abort();
  await pruning;
  const lost: string[] = [];
  for (const tag of ['a', 'b'].flatMap((name) => [...numbered(name, count)])) {
    await place.verify(tag).catch((error: unknown) => lost.push(`${tag}: ${error}`));
  }
  const runs = await stepRuns(place);
  return {
    builds: 2 * count,
    prunes: prunes.length,
    stepRuns: runs.length,
    failures,
    lost,
    duplicates: duplicates(runs, prunes),
  };
}

function* numbered(name: string, count: number): Generator<string> {
  for (let index = 0; index < count; index++) yield `${name}:${index}`;
}

const uptime = (): number => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);

/** Each step writes down when it ran, where other steps can read it and no image does. */
function dockerfile(variant: number): string {
  const logged = (step: string, command: string): string =>
    `RUN --mount=type=cache,id=soak,target=/log from=$(cut -d' ' -f1 /proc/uptime); ${command}; sleep 0.2; echo ${step} $from $(cut -d' ' -f1 /proc/uptime) >> /log/runs`;
  return `FROM busybox AS tool
${logged('shared', 'echo tool > /tool')}
FROM busybox
COPY source /source
${logged(`first-${variant}`, 'cp /source /first')}
COPY --from=tool /tool /tool
${logged(`last-${variant}`, 'cat /first /tool > /last')}
`;
}

async function stepRuns(place: Place): Promise<readonly StepRun[]> {
  const reading = place.context({
    Dockerfile: 'FROM busybox\nRUN --mount=type=cache,id=soak,target=/log cat /log/runs\n',
  });
  const {stderr} = await place.ok(['build', '--no-cache', '--progress', 'plain', reading]);
  return [...stderr.matchAll(/ (\w+(?:-\d)?) ([\d.]+) ([\d.]+)$/gm)].map(
    ([, step = '', from, to]) => ({step, from: Number(from), to: Number(to)}),
  );
}

function duplicates(runs: readonly StepRun[], prunes: readonly Interval[]): string[] {
  const found: string[] = [];
  for (const step of new Set(runs.map((run) => run.step))) {
    const own = runs.filter((run) => run.step === step).sort((a, b) => a.from - b.from);
    for (const [index, run] of own.entries()) {
      const before = own[index - 1];
      if (before === undefined) continue;
      const mayBeGone = prunes.some(({from, to}) => to >= before.to && from <= run.from);
      if (run.from >= before.to && mayBeGone) continue;
      found.push(`${step} at ${before.from}–${before.to} and ${run.from}–${run.to}`);
    }
  }
  return found;
}
