import {expect, test} from 'vitest';
import {RawJSONProgress} from '../../../src/ui/progress/raw-json.js';
import {
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
const make = run('[2/2] RUN make', 'make', [base]);
const built = steps([{text: 'RUN make', vertex: make, owns: true}]);

test('each event is one line of JSON with stable digests, base64 logs and RFC 3339 times', () => {
  const lines: string[] = [];
  const progress = new RawJSONProgress((text) => lines.push(text), Date.UTC(2026, 0, 1));
  const warning = {rule: 'R', description: 'd', message: 'm', lines: {first: 2, last: 3}};
  for (const event of [
    loaded(built, [warning]),
    started(make, 0),
    wrote(make, 250, Buffer.from([0xff, 0x1b, 0x0a])),
    finished(make, 1500, true),
    failed(make, 1600, 'no'),
    exported(1, ['hello:latest']),
  ]) {
    progress.on(event);
  }

  const vertex = {
    digest: make.id,
    inputs: [base.id],
    name: '[2/2] RUN make',
    started: '2026-01-01T00:00:00.000Z',
  };
  expect(
    lines.every((line) => line.endsWith('}\n') && line.indexOf('\n') === line.length - 1),
  ).toBe(true);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    {
      warnings: [
        {
          level: 1,
          short: Buffer.from('R: m').toString('base64'),
          detail: [Buffer.from('d').toString('base64')],
          sourceInfo: {filename: 'Dockerfile'},
          range: [{start: {line: 2}, end: {line: 3}}],
        },
      ],
    },
    {vertexes: [vertex]},
    {logs: [{vertex: make.id, timestamp: '2026-01-01T00:00:00.250Z', stream: 1, data: '/xsK'}]},
    {vertexes: [{...vertex, completed: '2026-01-01T00:00:01.500Z', cached: true}]},
    {vertexes: [{...vertex, completed: '2026-01-01T00:00:01.600Z', error: 'no'}]},
    {
      exported: {
        type: 'image',
        imageID: imageID(1),
        manifest: expect.stringMatching(/^sha256:/),
        tags: ['hello:latest'],
      },
    },
  ]);
});
