import {expect, test} from 'vitest';
import {QuietProgress} from '../../../src/ui/progress/quiet.js';
import {REMEMBERED} from '../../../src/ui/progress/vertex-log.js';
import {failed, finished, run, started, wrote} from '../../helpers/build-events.js';

const make = run('[2/2] RUN make', 'make');

test('a build that works says nothing', () => {
  let text = '';
  const progress = new QuietProgress((piece) => {
    text += piece;
  });
  for (const event of [started(make, 0), wrote(make, 1, 'x\n'), finished(make, 2)])
    progress.on(event);
  progress.end();
  expect(text).toBe('');
});

test('a step that failed tells its last lines, and only those', () => {
  let text = '';
  const progress = new QuietProgress((piece) => {
    text += piece;
  });
  const output = Array.from({length: 1000}, (_, index) => `line ${index}\n`).join('');
  for (const event of [started(make, 0), wrote(make, 1, output), failed(make, 2, 'no')]) {
    progress.on(event);
  }
  progress.end();
  const lines = text.split('\n');
  expect(lines.slice(0, 3)).toEqual(['------', ' > [2/2] RUN make:', '0.001 line 980']);
  expect(lines).toHaveLength(REMEMBERED + 4);
});
