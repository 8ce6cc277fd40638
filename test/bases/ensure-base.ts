/** Base images as archives that `tsbuild load`, podman and skopeo read; made once, kept in the git-ignored .bases/. */
import {existsSync, mkdirSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {withFlock} from './flock.js';
import {writeImageArchive} from './image-archive.js';
import {type BaseName, recipes} from './recipes.js';

/** Raise when a recipe changes: archives of another number are made anew. */
const EDITION = 2;

/** The folder of package.json. */
export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where archives, packages and everything else that is made once lies. */
export const basesDirectory = process.env['TSBUILD_BASES'] ?? join(repository, '.bases');

export const baseNames = Object.keys(recipes) as BaseName[];

/** Path of the archive, made if it is absent; two processes that want it make it once. */
export async function ensureBase(name: BaseName): Promise<string> {
  const path = join(basesDirectory, `${name}.${EDITION}.tar`);
  if (existsSync(path)) return path;
  mkdirSync(basesDirectory, {recursive: true});
  await withFlock(join(basesDirectory, 'lock'), async () => {
    if (existsSync(path)) return;
    const cache = join(basesDirectory, 'packages');
    mkdirSync(cache, {recursive: true});
    await writeImageArchive(path, await recipes[name](cache));
  });
  return path;
}
