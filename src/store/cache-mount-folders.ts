/** The cache mounts that are here, and their way out: see cache-mounts.ts for what is where. */
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {namesIn} from '../base/names-in.js';
import {treeSize} from '../base/tree-size.js';
import type {Ingest} from '../content/ingest.js';
import {isHeld, type Lock, tryLock} from '../linux/lock.js';

export interface CacheMountFolder {
  /** `<name>/<n>` below the folder of all. */
  readonly path: string;
  /** As a Dockerfile gives it. */
  readonly id: string;
  /** See CacheMountRequest. */
  readonly variant: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly lastUsedAt: string;
  /** Bytes on the disk. */
  readonly size: number;
  readonly inUse: boolean;
}

export function* listCacheMounts(root: string): Generator<CacheMountFolder> {
  for (const name of readdirSync(root)) {
    const record = readRecord(join(root, name));
    if (record === undefined) continue;
    for (const number of namesIn(join(root, name))) {
      const path = join(name, number);
      const files = join(root, path, 'fs');
      if (!existsSync(files)) continue;
      const used = statSync(join(root, path, 'holder.json'), {throwIfNoEntry: false});
      yield {
        path,
        ...record,
        lastUsedAt: used?.mtime.toISOString() ?? record.createdAt,
        size: treeSize(files),
        inUse: isHeld(join(root, path, 'lock')),
      };
    }
  }
}

/** False while somebody uses it, and where another has taken it away. It is gone for others at once; its files go while this process does other work. */
export function removeCacheMount(root: string, path: string, ingest: Ingest): boolean {
  using lock = lockThere(join(root, path));
  return lock !== undefined && ingest.moveAway(join(root, path));
}

/** Undefined while somebody uses it, and where it has gone meanwhile. */
function lockThere(directory: string): Lock | undefined {
  const path = join(directory, 'lock');
  try {
    const lock = tryLock(path, 'exclusive');
    if (lock === undefined || lock.isOf(path)) return lock;
    lock[Symbol.dispose]();
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for what is none, or was never finished. */
function readRecord(
  folder: string,
): Pick<CacheMountFolder, 'id' | 'variant' | 'createdAt'> | undefined {
  try {
    const {id, variant, createdAt} = JSON.parse(
      readFileSync(join(folder, 'record.json'), 'utf8'),
    ) as {
      id: string;
      variant: string;
      createdAt: string;
    };
    return {id, variant, createdAt};
  } catch {
    return undefined;
  }
}
