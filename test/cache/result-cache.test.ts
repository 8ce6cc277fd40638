import {appendFileSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {Candidates} from '../../src/cache/candidates.js';
import {Uses} from '../../src/cache/uses.js';
import type {RunOp} from '../../src/graph/op.js';
import {digestOf, hexOf} from '../../src/oci/digest.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

test.each(['..', '.', 'a/b', '../../etc', 'x'.repeat(500), '50%', 'ä'.repeat(99)])(
  'a project named %s has one folder of uses, inside their own',
  async (project) => {
    await using folder = temporaryFolder();
    const uses = new Uses(folder.path);
    const key = digestOf('key');
    expect([uses.add(key, project), uses.add(key, project)]).toEqual([true, false]);
    const [name = '', ...others] = readdirSync(folder.path);
    expect(others).toEqual([]);
    expect(readFileSync(join(folder.path, name, hexOf(key)), 'utf8')).toBe('..');
  },
);

test('candidates stay few, newest kept, whatever was torn', async () => {
  await using folder = temporaryFolder();
  const candidates = new Candidates(folder.path, () => undefined);
  const op = {kind: 'run', args: ['x'], env: []} as unknown as RunOp;
  const add = (index: number) =>
    candidates.add({key: digestOf(`${index}`), op, origin: {project: 'p', place: 'q'}});
  for (let index = 0; index < 40; index++) add(index);
  for (const name of readdirSync(folder.path))
    appendFileSync(join(folder.path, name), 'sha256:tor');
  for (let index = 40; index < 200; index++) add(index);

  for (const name of readdirSync(folder.path)) {
    const lines = readFileSync(join(folder.path, name), 'utf8').trim().split('\n');
    expect(lines.length).toBeLessThan(70);
    expect(lines.at(-1)).toBe(digestOf('199'));
  }
});
