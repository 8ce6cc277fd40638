import {expect, test} from 'vitest';
import type {BuildEvent} from '../../../src/app/build/build-event.js';
import {shortID} from '../../../src/oci/digest.js';
import {ClassicProgress} from '../../../src/ui/progress/classic.js';
import {
  exported,
  failed,
  finished,
  from,
  imageID,
  loaded,
  run,
  started,
  stepDone,
  steps,
  wrote,
} from '../../helpers/build-events.js';

const base = from('python:3.11-slim');
const install = run('[2/3] RUN pip install', 'pip install', [base]);
const check = run('[3/3] RUN test', 'test', [install]);
const built = steps([
  {text: 'FROM python:3.11-slim', vertex: base, owns: true},
  {text: 'RUN pip install', vertex: install, owns: true},
  {text: 'ENV NAME World', vertex: install, owns: false},
  {text: 'RUN test', vertex: check, owns: true},
]);
const [one, two, three, four] = built;
const id = (number: number): string => shortID(imageID(number));

function transcript(events: readonly BuildEvent[]): string {
  let text = '';
  const progress = new ClassicProgress((piece) => {
    text += piece;
  });
  for (const event of events) progress.on(event);
  progress.end();
  return text;
}

test('a cold build tells what runs and what it writes, each step in its turn', () => {
  const text = transcript([
    loaded(built),
    started(base, 0),
    finished(base, 1),
    stepDone(one),
    started(install, 2),
    wrote(install, 3, 'Collecting flask\n'),
    finished(install, 4),
    stepDone(two),
    stepDone(three),
    finished(check, 5),
    stepDone(four),
    exported(4, ['hello:latest']),
  ]);

  expect(text).toBe(`Sending build context to tsbuild  5.12kB
Step 1/4 : FROM python:3.11-slim
 ---> ${id(1)}
Step 2/4 : RUN pip install
 ---> Running in ${shortID(install.id)}
Collecting flask
Removing intermediate container ${shortID(install.id)}
 ---> ${id(2)}
Step 3/4 : ENV NAME World
 ---> ${id(3)}
Step 4/4 : RUN test
 ---> Running in ${shortID(check.id)}
Removing intermediate container ${shortID(check.id)}
 ---> ${id(4)}
Successfully built ${id(4)}
Successfully tagged hello:latest
`);
});

test('a warm build uses the cache for every step but FROM', () => {
  const text = transcript([
    loaded(built),
    ...[one, two, three, four].map((step) => stepDone(step, true)),
    exported(4, []),
  ]);

  expect(text).toBe(`Sending build context to tsbuild  5.12kB
Step 1/4 : FROM python:3.11-slim
 ---> ${id(1)}
Step 2/4 : RUN pip install
 ---> Using cache
 ---> ${id(2)}
Step 3/4 : ENV NAME World
 ---> Using cache
 ---> ${id(3)}
Step 4/4 : RUN test
 ---> Using cache
 ---> ${id(4)}
Successfully built ${id(4)}
`);
});

test('what a later step writes is held back until its turn', () => {
  const text = transcript([
    loaded(built),
    stepDone(one),
    wrote(check, 1, 'tested\n'),
    wrote(install, 2, 'installed\n'),
    stepDone(two),
    stepDone(three),
    stepDone(four),
  ]);

  expect(text.split('\n').filter((line) => /^(Step|tested|installed)/.test(line))).toEqual([
    'Step 1/4 : FROM python:3.11-slim',
    'Step 2/4 : RUN pip install',
    'installed',
    'Step 3/4 : ENV NAME World',
    'Step 4/4 : RUN test',
    'tested',
  ]);
});

test('a failed step shows its output, also the line that never ended', () => {
  const text = transcript([
    loaded(built),
    stepDone(one, true),
    wrote(install, 3, 'no such package'),
    failed(install, 4, 'exit code: 1'),
  ]);

  expect(text.split('\n').slice(3, -1)).toEqual([
    'Step 2/4 : RUN pip install',
    ` ---> Running in ${shortID(install.id)}`,
    'no such package',
  ]);
});

test('a step that writes without end while it waits keeps its last lines only', () => {
  const text = transcript([
    loaded(built),
    wrote(check, 1, 'x\n'.repeat(100_000)),
    ...[one, two, three, four].map((step) => stepDone(step)),
  ]);

  expect(text).toContain('[earlier output clipped]');
  expect(text.split('\n').length).toBeLessThan(2100);
});
