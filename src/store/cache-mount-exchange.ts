/** A cache mount's directory for somebody who is no step: held still to be read, or replaced as a whole. See cache-mounts.ts. */
import {existsSync, mkdirSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {timestamp} from '../base/clock.js';
import type {Ingest} from '../content/ingest.js';
import {acquireLock, type Lock} from '../linux/lock.js';
import {type CacheMountRequest, cacheMountName, tryLockIn} from './cache-mounts.js';
import {CacheMountInUseError} from './errors.js';

/**
 * `directory` is `mounts/<name>/<n>`. Waits until no step uses it; then none does until it is let go. Undefined where somebody
 * has taken it away.
 */
export async function lockCacheMount(
  directory: string,
  signal?: AbortSignal,
): Promise<Lock | undefined> {
  const path = join(directory, 'lock');
  if (!existsSync(directory)) return undefined;
  const lock = await acquireLock(path, 'exclusive', signal);
  if (lock.isOf(path)) return lock;
  lock[Symbol.dispose]();
  return undefined;
}

/**
 * Puts `draft`, a directory of the ingest, where steps of this id and variant look. What was there goes. Throws
 * CacheMountInUseError, and changes nothing, while a step uses it.
 */
export async function placeCacheMount(
  root: string,
  {id, variant}: Pick<CacheMountRequest, 'id' | 'variant'>,
  {draft, ingest}: {readonly draft: string; readonly ingest: Ingest},
): Promise<void> {
  const folder = join(root, cacheMountName({id, variant}));
  const directory = join(folder, '0');
  using lock = tryLockIn(directory, 'exclusive');
  if (lock === undefined) throw new CacheMountInUseError(id);
  mkdirSync(directory, {recursive: true});
  using _turn = await acquireLock(join(folder, 'making'), 'exclusive');
  const path = join(directory, 'fs');
  ingest.moveAway(path);
  writeFileSync(join(folder, 'record.json'), JSON.stringify({id, variant, createdAt: timestamp()}));
  const holder = {process: process.pid, user: 'import', since: timestamp()};
  writeFileSync(join(directory, 'holder.json'), JSON.stringify(holder));
  renameSync(draft, path);
}
