import {expect, test} from 'vitest';
import type {BuildEvent} from '../../../src/app/build/build-event.js';
import {PlainProgress} from '../../../src/ui/progress/plain.js';
import {
  canceled,
  exported,
  failed,
  finished,
  from,
  imageID,
  loaded,
  run,
  started,
  steps,
  wrote,
} from '../../helpers/build-events.js';

const base = from('busybox');
const first = run('[2/3] RUN make', 'make', [base]);
const second = run('[3/3] RUN test', 'test', [first]);
const built = steps([
  {text: 'FROM busybox', vertex: base, owns: true},
  {text: 'RUN make', vertex: first, owns: true},
  {text: 'ENV A=1', vertex: first, owns: false},
  {text: 'RUN test', vertex: second, owns: true},
]);

const HEAD = `#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 39B done
#1 DONE 0.0s

#2 [internal] load build context
#2 transferring context: 5.12kB done
#2 DONE 0.0s
`;

function transcript(events: readonly BuildEvent[], end: number): string {
  let text = '';
  const progress = new PlainProgress((piece) => {
    text += piece;
  });
  for (const event of events) progress.on(event);
  progress.end(end);
  return text;
}

test('a build that works is told step by step, with times since each began', () => {
  const text = transcript(
    [
      loaded(built),
      started(base, 0),
      finished(base, 20, true),
      started(first, 100),
      wrote(first, 430, 'cc -c ma'),
      wrote(first, 440, 'in.c\nld\n'),
      finished(first, 2200),
      started(second, 2200),
      wrote(second, 2300, 'no end of line'),
      finished(second, 2600),
      exported(4, ['hello:latest']),
    ],
    2700,
  );

  expect(text).toBe(`${HEAD}
#3 [1/3] FROM busybox
#3 CACHED

#4 [2/3] RUN make
#4 0.340 cc -c main.c
#4 0.340 ld
#4 DONE 2.1s

#5 [3/3] RUN test
#5 0.400 no end of line
#5 DONE 0.4s

#6 exporting to image
#6 writing image ${imageID(4)} done
#6 naming to hello:latest done
#6 DONE 0.1s
`);
});

test('a step that fails is told with its last lines again at the end, and what was canceled', () => {
  const text = transcript(
    [
      loaded(built),
      started(first, 0),
      wrote(first, 330, 'main.c:1: error\n'),
      started(second, 10),
      failed(first, 400, 'process "/bin/sh -c make" did not complete successfully: exit code: 2'),
      canceled(second, 401),
    ],
    410,
  );

  expect(text).toBe(`${HEAD}
#4 [2/3] RUN make
#4 0.330 main.c:1: error
#4 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2

#5 [3/3] RUN test
#5 CANCELED
------
 > [2/3] RUN make:
0.330 main.c:1: error
------
`);
});

const left = run('[a 2/2] RUN left', 'left');
const right = run('[b 2/2] RUN right', 'right');
const sideBySide = steps([
  {text: 'RUN left', vertex: left, owns: true},
  {text: 'RUN right', vertex: right, owns: true},
]);

test('a step keeps the floor until it is done, though another is quicker', () => {
  const text = transcript(
    [
      loaded(sideBySide),
      started(right, 0),
      started(left, 0),
      wrote(right, 10, 'right 1\n'),
      wrote(left, 20, 'left 1\n'),
      finished(left, 1000),
      wrote(right, 1010, 'right 2\n'),
      finished(right, 1020),
    ],
    1030,
  );

  expect(text.split('\n').slice(8)).toEqual([
    '#4 [b 2/2] RUN right',
    '#4 0.010 right 1',
    '#4 1.010 right 2',
    '#4 DONE 1.0s',
    '',
    '#3 [a 2/2] RUN left',
    '#3 0.020 left 1',
    '#3 DONE 1.0s',
    '',
  ]);
});

test('a step that waits two seconds takes the floor from a silent one', () => {
  const text = transcript(
    [
      loaded(sideBySide),
      started(left, 0),
      wrote(left, 1, 'left 1\n'),
      started(right, 0),
      wrote(right, 10, 'right 1\n'),
      wrote(right, 2100, 'right 2\n'),
      wrote(left, 2200, 'left 2\n'),
      finished(right, 2300),
      finished(left, 2400),
    ],
    2500,
  );

  expect(text.split('\n').slice(8)).toEqual([
    '#3 [a 2/2] RUN left',
    '#3 0.001 left 1',
    '#3 ...',
    '',
    '#4 [b 2/2] RUN right',
    '#4 0.010 right 1',
    '#4 2.100 right 2',
    '#4 DONE 2.3s',
    '',
    '#3 [a 2/2] RUN left',
    '#3 2.200 left 2',
    '#3 DONE 2.4s',
    '',
  ]);
});

test('copies are told at most once a second, and when they are done', () => {
  const moved = (at: number, done: number): BuildEvent => ({
    kind: 'progress',
    vertex: base,
    at,
    label: 'sha256:abc',
    done,
    total: 2_000_000,
  });
  const text = transcript(
    [
      loaded(built),
      started(base, 0),
      ...[moved(0, 0), moved(500, 500_000), moved(1000, 1_000_000), moved(1100, 2_000_000)],
      moved(1200, 2_000_000),
      finished(base, 1200),
    ],
    1300,
  );

  expect(text.split('\n').slice(8, -1)).toEqual([
    '#3 [1/3] FROM busybox',
    '#3 sha256:abc 0B / 2MB',
    '#3 sha256:abc 1MB / 2MB',
    '#3 sha256:abc 2MB / 2MB done',
    '#3 DONE 1.2s',
  ]);
});

test('warnings are summed up at the end, each with its lines', () => {
  const warning = {
    rule: 'LegacyKeyValueFormat',
    message: '"ENV key=value" should be used',
    description: 'Legacy key/value format',
    lines: {first: 2, last: 2},
  };
  const unplaced = {rule: 'UnconsumedBuildArg', description: 'd', message: 'no such ARG'};
  const text = transcript([loaded(built, [warning, unplaced])], 0);

  expect(text).toBe(`${HEAD}
 2 warnings found:
 - LegacyKeyValueFormat: "ENV key=value" should be used (line 2)
Dockerfile:2
--------------------
   1 |     FROM busybox
   2 | >>> RUN make
   3 |     ENV A=1
   4 |     RUN test
--------------------
 - UnconsumedBuildArg: no such ARG
`);
});
