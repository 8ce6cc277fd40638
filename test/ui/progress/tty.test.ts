import {expect, test} from 'vitest';
import type {BuildEvent} from '../../../src/app/build/build-event.js';
import {TtyProgress} from '../../../src/ui/progress/tty.js';
import {type FrameRow, frame} from '../../../src/ui/progress/tty-frame.js';
import {
  exported,
  failed,
  finished,
  from,
  loaded,
  run,
  started,
  steps,
  wrote,
} from '../../helpers/build-events.js';

const base = from('busybox');
const make = run('[2/2] RUN make', 'make', [base]);
const built = steps([
  {text: 'FROM busybox', vertex: base, owns: true},
  {text: 'RUN make', vertex: make, owns: true},
]);
const size = {columns: 50, rows: 20, color: false};

function terminal(rows = size.rows) {
  const writes: string[] = [];
  const progress = new TtyProgress((text) => writes.push(text), {
    size: () => ({...size, rows}),
    logLines: 2,
  });
  return {writes, progress};
}

const tell = (progress: TtyProgress, events: readonly BuildEvent[]): void => {
  for (const event of events) progress.on(event);
};

test('a running build is one picture: header, steps, the last lines of each', () => {
  const {writes, progress} = terminal();
  tell(progress, [
    loaded(built),
    started(base, 0),
    finished(base, 100, true),
    started(make, 1100),
    wrote(make, 1200, 'one\ntwo\n\x1b[31mthree\x1b[0m\n'),
  ]);
  progress.tick(3200);

  expect(writes).toEqual([
    [
      '\x1b[?25l\r[+] Building 3.2s (3/4)\x1b[K',
      ' => [internal] load build definition from Doc 0.0s\x1b[K',
      ' => [internal] load build context             0.0s\x1b[K',
      ' => CACHED [1/3] FROM busybox                 0.1s\x1b[K',
      ' => [2/2] RUN make                            2.1s\x1b[K',
      ' => => # two\x1b[K',
      ' => => # three\x1b[K',
      '\x1b[J',
    ].join('\n'),
  ]);
});

test('a step that runs again is running', () => {
  const {writes, progress} = terminal();
  tell(progress, [loaded(built), started(make, 0), finished(make, 100, true), started(make, 1000)]);
  progress.tick(3200);

  expect(writes[0]).toContain('(2/4)');
  expect(writes[0]).toContain(' => [2/2] RUN make                            2.2s');
});

test('the next picture is drawn over the last one, in one write', () => {
  const {writes, progress} = terminal();
  tell(progress, [loaded(built), started(base, 0)]);
  progress.tick(0);
  progress.tick(100);

  expect(writes).toHaveLength(2);
  expect(writes[1]?.startsWith('\x1b[4A\r[+] Building 0.1s (2/4)')).toBe(true);
});

test('at the end the cursor is back, and the step that failed tells its last lines', () => {
  const {writes, progress} = terminal();
  tell(progress, [
    loaded(built),
    started(make, 0),
    wrote(make, 10, 'bad\n'),
    failed(make, 500, 'no'),
  ]);
  progress.end(600);

  expect(writes.join('')).toContain(' => ERROR [2/2] RUN make                      0.5s');
  expect(writes.slice(1)).toEqual([
    '\x1b[?25h',
    '------\n > [2/2] RUN make:\n0.010 bad\n------\n',
    '',
  ]);
});

test('a build that is done says so', () => {
  const {writes, progress} = terminal();
  tell(progress, [
    loaded(built),
    started(base, 0),
    finished(base, 1),
    started(make, 1),
    finished(make, 2),
    exported(2, ['hello:latest']),
  ]);
  progress.end(1000);

  expect(writes[0]).toContain('[+] Building 1.0s (6/6) FINISHED');
  expect(writes[0]).toContain(' => naming to hello:latest');
});

const row = (verdict: FrameRow['verdict'], name: string, log: string[] = []): FrameRow => ({
  name,
  verdict,
  elapsed: 1000,
  progress: [],
  log,
});

test.each([
  {name: 'wide characters', rows: [row('running', '漢字'.repeat(40))], columns: 30},
  {name: 'a name longer than the line', rows: [row('running', 'x'.repeat(200))], columns: 30},
  {
    name: 'output longer than the line',
    rows: [row('running', 'a', ['y'.repeat(5000)])],
    columns: 30,
  },
  {name: 'a terminal of five columns', rows: [row('done', 'name')], columns: 5},
])('no line is wider than the terminal: $name', ({rows, columns}) => {
  for (const line of frame('[+] Building', rows, {columns, rows: 10, color: false})) {
    const wide = [...line].filter((character) => character > '\u2e80').length;
    expect(line.length + wide).toBeLessThanOrEqual(columns);
  }
});

test('a picture higher than the terminal drops ended steps first', () => {
  const rows = [
    row('done', 'first'),
    row('running', 'second', ['log']),
    row('done', 'third'),
    row('running', 'fourth'),
  ];
  const lines = frame('head', rows, {columns: 20, rows: 4, color: false});
  expect(lines.map((line) => line.trim())).toEqual([
    'head',
    '=> second      1.0s',
    '=> => # log',
    '=> fourth      1.0s',
  ]);
});

test('colours tell verdicts apart where they are wanted', () => {
  const colored = {...size, color: true};
  const [, inColor = ''] = frame('', [row('failed', 'x')], colored);
  const [, plain = ''] = frame('', [row('failed', 'x')], size);
  expect(inColor).toBe(`\x1b[31m${plain}\x1b[0m`);
  expect(plain).toMatch(/^ => ERROR x/);
});
