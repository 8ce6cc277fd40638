import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ContainerStore, newContainerID} from '../../src/container/container-store.js';
import {digestOf} from '../../src/oci/digest.js';

function lab() {
  const root = mkdtempSync(join(tmpdir(), 'containers-'));
  const store = new ContainerStore(root);
  const create = (name?: string, id = newContainerID()) =>
    store.create({id, name, image: 'busybox', imageID: digestOf('busybox'), command: ['sh']});
  return {store, create, [Symbol.dispose]: () => rmSync(root, {recursive: true, force: true})};
}

test.each([
  {query: '', code: 'E_NO_SUCH_CONTAINER'},
  {query: '../..', code: 'E_NO_SUCH_CONTAINER'},
  {query: 'nobody', code: 'E_NO_SUCH_CONTAINER'},
  {query: 'a', code: 'E_AMBIGUOUS_CONTAINER'},
])('the query $query is answered with $code', ({query, code}) => {
  using box = lab();
  box.create('one', 'a'.repeat(64));
  box.create('two', `ab${'0'.repeat(62)}`);
  expect(() => box.store.find(query)).toThrow(expect.objectContaining({code}));
});

test('a name is had once, and free again after removal', () => {
  using box = lab();
  const first = box.create('web');
  expect(() => box.create('web')).toThrow(
    expect.objectContaining({code: 'E_CONTAINER_NAME_IN_USE'}),
  );
  box.store.remove(first);
  expect(box.create('web').name).toBe('web');
});

test('a container is found by id, by prefix and by name', () => {
  using box = lab();
  const {id, name} = box.create();
  for (const query of [id, id.slice(0, 12), name]) expect(box.store.find(query).id).toBe(id);
});

test('a container runs while its keeper lives, then is exited or dead', () => {
  using box = lab();
  const record = box.create();
  expect(box.store.state(record)).toBe('running');
  const path = join(box.store.folder(record.id), 'record.json');
  const stale = {
    ...JSON.parse(readFileSync(path, 'utf8')),
    keeper: {pid: process.pid, startTime: '0'},
  };
  writeFileSync(path, JSON.stringify(stale));
  expect(box.store.state(box.store.find(record.id))).toBe('dead');
  box.store.finish(record, 3);
  expect(box.store.state(box.store.find(record.id))).toBe('exited');
  expect(box.store.find(record.id).exitCode).toBe(3);
});
