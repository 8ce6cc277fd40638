/** The repositories that are kept, and their way out: see git-repository.ts for what is where. */
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {treeSize} from '../../base/tree-size.js';
import type {Ingest} from '../../content/ingest.js';
import {isHeld, tryLock} from '../../linux/lock.js';
import {descriptionOf, lockOf} from './git-repository.js';

export interface KeptRepository {
  /** Of its folder. */
  readonly name: string;
  /** Without a password. */
  readonly remote: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly lastUsedAt: string;
  /** Bytes on the disk. */
  readonly size: number;
  readonly inUse: boolean;
}

export function* listRepositories(folder: string): Generator<KeptRepository> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const made = readMade(path);
    if (made === undefined) continue;
    yield {
      name,
      ...made,
      lastUsedAt: statSync(lockOf(path)).mtime.toISOString(),
      size: treeSize(path),
      inUse: isHeld(lockOf(path)),
    };
  }
}

/** False while somebody uses it. It is gone for others at once; its files go while this process does other work. */
export function removeRepository(folder: string, name: string, ingest: Ingest): boolean {
  const path = join(folder, name);
  using lock = tryLock(lockOf(path), 'exclusive');
  if (lock === undefined) return false;
  return ingest.moveAway(path);
}

/** Undefined for what is none, was never finished, or has just gone. */
function readMade(path: string): Pick<KeptRepository, 'remote' | 'createdAt'> | undefined {
  const description = descriptionOf(path);
  try {
    const remote = readFileSync(description, 'utf8');
    return {remote, createdAt: statSync(description).mtime.toISOString()};
  } catch {
    return undefined;
  }
}
