import {existsSync, mkdirSync, readdirSync, rmSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test, vi} from 'vitest';
import {temporaryRegistryRoot} from '../../../src/app/registry/temporary-registry-root.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

/** Where this user's registries are made, below a directory of the test's own. */
function registries() {
  const folder = temporaryFolder();
  vi.stubEnv('TMPDIR', folder.path);
  onTestFinished(() => void vi.unstubAllEnvs());
  const path = join(folder.path, `tsbuild-registries-${process.getuid?.()}`);
  return {path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]()};
}

test('a place that leads elsewhere is not used', async () => {
  await using place = registries();
  symlinkSync('/var/tmp', place.path);
  expect(temporaryRegistryRoot).toThrow(expect.objectContaining({code: 'E_REGISTRY_UNUSABLE'}));
});

test('what a killed registry left is removed by the next one, and one that lives is left alone', async () => {
  await using place = registries();
  await using living = temporaryRegistryRoot();
  mkdirSync(living.path);
  mkdirSync(join(place.path, 'left/registry'), {recursive: true});
  await using _next = temporaryRegistryRoot();
  expect(existsSync(join(place.path, 'left'))).toBe(false);
  expect(existsSync(living.path)).toBe(true);
});

test('a registry leaves nothing, even where its directory went before it', async () => {
  await using place = registries();
  const [one, other] = [temporaryRegistryRoot(), temporaryRegistryRoot()];
  mkdirSync(one.path);
  await one[Symbol.asyncDispose]();
  rmSync(place.path, {recursive: true});
  await other[Symbol.asyncDispose]();
  expect(existsSync(place.path) ? readdirSync(place.path) : []).toEqual([]);
});
