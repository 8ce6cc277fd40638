import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {expect, test} from 'vitest';
import {temporaryRegistryRoot} from '../../src/app/temporary-registry-root.js';
import {registryPaths} from '../../src/server/storage/registry-paths.js';

function openedRoot() {
  const root = temporaryRegistryRoot();
  const {lock} = registryPaths(root.path);
  mkdirSync(dirname(lock), {recursive: true});
  writeFileSync(lock, '');
  return root;
}

test('what nobody holds is removed by the next registry, and its own removal is content with that', async () => {
  const abandoned = openedRoot();
  await using next = temporaryRegistryRoot();
  expect(existsSync(abandoned.path)).toBe(false);
  expect(existsSync(next.path)).toBe(true);
  await abandoned[Symbol.asyncDispose]();
});

test('a registry that is still being made is left alone', async () => {
  await using young = temporaryRegistryRoot();
  await using _next = temporaryRegistryRoot();
  expect(existsSync(young.path)).toBe(true);
});
