import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {KnownRepositories} from '../../src/registry/known-repositories.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

test('the latest repositories of a blob are known, each once, and none of a blob that nobody needs', async () => {
  await using folder = temporaryFolder();
  const known = new KnownRepositories(folder.path);
  const [one, two] = [digestOf('1'), digestOf('2')];
  expect(known.of(one)).toEqual([]);
  known.sweep(new Set());
  for (const name of ['a', 'b', 'a', 'a']) known.add(one, `r.example/${name}`);
  known.add(two, 'r.example/c');
  expect(known.of(one)).toEqual(['r.example/a', 'r.example/b']);
  for (let index = 0; index < 20; index++) known.add(two, `r.example/${index}`);
  expect(known.of(two)).toHaveLength(8);
  known.sweep(new Set([one]));
  expect(readdirSync(join(folder.path, 'sources'))).toHaveLength(1);
  expect(known.of(two)).toEqual([]);
});
