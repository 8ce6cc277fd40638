import {readdirSync} from 'node:fs';
import {expect, test} from 'vitest';
import {Leases} from '../../src/store/leases.js';
import {runScript} from '../helpers/child-script.js';
import {temporaryStore} from '../helpers/temporary-store.js';

const script = 'test/store/programs/use-store.ts';

test('what another process has found is held while it lives, and no longer', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  await using user = runScript(script, store.root, 'lease', 'found');
  await user.said('holding');
  expect(store.leases.held()).toEqual(new Set(['found']));
  user.process.kill('SIGKILL');
  await user.ended();
  expect(store.leases.held()).toEqual(new Set());
  expect(readdirSync(store.paths.leases)).toEqual([]);
});

test('who asks what is held does not take for dead who is about to hold something', async () => {
  await using here = await temporaryStore();
  const {leases, paths, root} = here.store;
  await using asking = runScript(script, root, 'ask');
  await asking.said('asking');
  for (let round = 0; round < 300; round++) {
    leases.hold('there', () => 1);
    const other = new Leases(paths);
    expect(other.held()).toEqual(new Set(['there']));
    leases.close();
  }
});

test('what was looked for in vain is not held', async () => {
  await using here = await temporaryStore();
  const {leases} = here.store;
  expect(leases.hold('absent', () => undefined)).toBeUndefined();
  expect(leases.hold('there', () => 1)).toBe(1);
  expect(await leases.removing((held) => [...held])).toEqual(['there']);
});

test('a store that was closed holds nothing', async () => {
  await using here = await temporaryStore();
  const {leases, paths} = here.store;
  leases.hold('there', () => 1);
  leases.close();
  expect(readdirSync(paths.leases)).toEqual([]);
});
