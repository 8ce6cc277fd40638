import {mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {expect, test} from 'vitest';
import {BuildHistory} from '../../src/history/build-history.js';
import type {BuildRecord} from '../../src/history/build-record.js';
import {processStart} from '../../src/linux/process-start.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const nobody = () => false;

function record(id: string, rest: Partial<BuildRecord> = {}): BuildRecord {
  return {
    id,
    project: 'app',
    tags: [],
    context: '/app',
    dockerfile: 'Dockerfile',
    startedAt: '2026-01-01T00:00:00Z',
    builder: {pid: process.pid, startTime: processStart(process.pid) ?? ''},
    steps: [],
    ...rest,
  };
}

function begun(history: BuildHistory, rest: Partial<BuildRecord> = {}): BuildRecord {
  const made = record(history.begin(), rest);
  history.save(made);
  return made;
}

test.each([
  {name: 'is torn', text: '{"version":1,"id":'},
  {name: 'is of another version', text: '{"version":2,"id":"x"}'},
  {name: 'is empty', text: ''},
])('passes over a record that $name', async ({text: content}) => {
  await using folder = temporaryFolder();
  const history = new BuildHistory(folder.path);
  const good = begun(history);
  writeFileSync(join(folder.path, history.begin(), 'record.json'), content);
  mkdirSync(join(folder.path, 'something else'));
  expect([...history.list()]).toEqual([good]);
});

test('finds a build by the start of its id, by its image, and the newest without either', async () => {
  await using folder = temporaryFolder();
  const history = new BuildHistory(folder.path);
  const first = begun(history);
  const second = begun(history, {tags: ['made']});
  expect(history.find(first.id, nobody)).toEqual(first);
  expect(history.find(undefined, nobody).id).toBe([first.id, second.id].sort()[1]);
  expect(history.find('an-image', ({tags}) => tags.includes('made'))).toEqual(second);
  expect(() => history.find(first.id.slice(0, 2), nobody)).toThrow(
    expect.objectContaining({code: 'E_AMBIGUOUS_BUILD'}),
  );
  expect(() => history.find('nothing', nobody)).toThrow(
    expect.objectContaining({code: 'E_NO_SUCH_BUILD'}),
  );
});

test('tells a build that runs from one that was killed', async () => {
  await using folder = temporaryFolder();
  const history = new BuildHistory(folder.path);
  expect(history.status(record('a'))).toBe('running');
  expect(history.status(record('a', {builder: {pid: process.pid, startTime: 'before'}}))).toBe(
    'killed',
  );
  expect(history.status(record('a', {end: {result: 'failed', duration: 1}}))).toBe('failed');
});

test('keeps every byte of a log', async () => {
  await using folder = temporaryFolder();
  const history = new BuildHistory(folder.path);
  const {id} = begun(history);
  writeFileSync(history.logPath(id, 3), 'all of it\n');
  expect(await text(history.log(id, 3))).toBe('all of it\n');
});

test('keeps the newest builds', async () => {
  await using folder = temporaryFolder();
  const history = new BuildHistory(folder.path);
  for (let made = 0; made < 260; made++) history.begin();
  expect(readdirSync(folder.path).length).toBeLessThanOrEqual(250);
  expect(readdirSync(folder.path).length).toBeGreaterThanOrEqual(200);
});
