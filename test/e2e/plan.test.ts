import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

const DOCKERFILE = `FROM busybox AS compile
COPY source /source
RUN tr a-z A-Z < /source > /result

FROM busybox
WORKDIR /app
COPY --from=compile /result result
RUN cp result final
`;

interface Plan {
  readonly steps: readonly {readonly name: string; readonly outlook: string}[];
  readonly pullBytes: number;
}

interface Scenario {
  readonly name: string;
  readonly edit?: (place: Place, files: string) => void;
  readonly flags?: readonly string[];
  /** By the start of the instruction. */
  readonly plan: Readonly<Record<string, string>>;
  /** What runs of the UNKNOWN ones. */
  readonly runs?: readonly string[];
}

const scenarios: readonly Scenario[] = [
  {name: 'nothing', plan: {'COPY s': 'HIT', 'RUN t': 'HIT', 'COPY --': 'HIT', 'RUN c': 'HIT'}},
  {
    name: 'a source whose result stays the same',
    edit: (place, files) => place.write(join(files, 'source'), 'TEXT\n'),
    plan: {'COPY s': 'MISS', 'RUN t': 'UNKNOWN', 'COPY --': 'UNKNOWN', 'RUN c': 'UNKNOWN'},
    runs: ['RUN t'],
  },
  {
    name: 'an instruction as it never was',
    edit: (place, files) =>
      place.write(join(files, 'Dockerfile'), DOCKERFILE.replace('cp result', 'mv result')),
    plan: {'COPY s': 'HIT', 'RUN t': 'HIT', 'COPY --': 'HIT', 'RUN m': 'MISS'},
  },
  {
    name: 'everything, by wish',
    flags: ['--no-cache'],
    plan: {'COPY s': 'MISS', 'RUN t': 'MISS', 'COPY --': 'MISS', 'RUN c': 'MISS'},
  },
];

test.for(scenarios)(
  'the plan after an edit of $name is what the build then does',
  async ({edit, flags = [], plan, runs = []}, context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(testUserNames.at(-1) ?? 'root', ['busybox']);
    const files = place.context({Dockerfile: DOCKERFILE, source: 'text\n'});
    await place.build(files, 'planned');
    edit?.(place, files);

    const records = readdirSync(join(place.store, 'cache/records'));
    const told = await place.ok(['build', '--plan', '--json', ...flags, files]);
    expect(readdirSync(join(place.store, 'cache/records'))).toEqual(records);
    const {steps, pullBytes} = JSON.parse(told.stdout) as Plan;
    expect(pullBytes).toBe(0);
    const outlooks = steps.map(({name, outlook}) => [instruction(name), outlook] as const);
    for (const [start, outlook] of Object.entries(plan)) {
      expect(outlooks).toContainEqual([expect.stringContaining(start), outlook]);
    }

    const built = await place.build(files, 'planned', ...flags);
    for (const [text, outlook] of outlooks) {
      const unknownRuns = outlook === 'UNKNOWN' && runs.some((start) => text.startsWith(start));
      const state = outlook === 'MISS' || unknownRuns ? 'done' : 'cached';
      expect(built.steps.map((step) => [instruction(step.name), step.state])).toContainEqual([
        text,
        state,
      ]);
    }
  },
);

test('a build that would fail before it runs fails in its plan, on the same line', async (context) => {
  needs(context, 'user namespaces');
  await using place = await openPlace(testUserNames.at(-1) ?? 'root', ['busybox']);
  const files = place.context({Dockerfile: 'FROM busybox\nCOPY absent /\n'});
  const planned = await place.run(['build', '--plan', files]);
  const built = await place.run(['build', '-q', files]);
  expect(planned).toMatchObject({code: built.code, stderr: built.stderr});
  expect(planned.stderr).toContain('Dockerfile:2');
});

/** Without the step's number. */
const instruction = (name: string): string => name.replace(/^\[[^\]]*\] /, '');
