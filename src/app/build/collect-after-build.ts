/**
 * The cache collects itself after a build: once a day, and sooner when what builds made since is over the cap or the disk is
 * nearly full. `TSBUILD_GC=off`, or daemon.json, leaves it to `cache gc`.
 *
 * To know that there is nothing to do costs one small file and a statfs(2): cache/collected.json says when it was looked at
 * last, and how much was held; builds add what they made. Lost with a crash, it is an early look.
 */
import {readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {goalOf, type PruneRule} from '../../cache/prune/prune-rule.js';
import type {Solved} from '../../solver/solved.js';
import type {CachePolicy} from '../cache/cache-policy.js';
import {rulesOf} from '../cache/collect-cache.js';
import {findPolicy} from '../cache/find-policy.js';
import {diskOf, prune} from '../cache/prune-cache.js';
import type {Workspace} from '../workspace.js';

const DAY = 24 * 60 * 60 * 1000;
/** Where all is in use, looking again at once finds nothing new. */
const PAUSE = 10 * 60 * 1000;

interface Collected {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Bytes. */
  readonly held: number;
}

/** Where nothing will be collected nothing is read. Throws as findPolicy. */
export const policyAfterBuild = async (
  request: Parameters<typeof findPolicy>[0],
): Promise<CachePolicy> =>
  process.env['TSBUILD_GC'] === 'off' ? {enabled: false, defaults: {}} : findPolicy(request);

export async function collectAfterBuild(
  workspace: Workspace,
  solved: ReadonlyMap<unknown, Solved>,
  policy: CachePolicy,
): Promise<void> {
  if (!policy.enabled) return;
  const made = madeBytes(workspace, solved);
  const last = read(workspace);
  const held = (last?.held ?? 0) + made;
  if (last === undefined) return write(workspace, {at: Date.now(), held});
  const {free} = diskOf(workspace);
  const rules = rulesOf(policy, workspace);
  const crowded = rules.some((rule) => isOver(rule, {total: held, free}));
  const age = Date.now() - last.at;
  if (age > DAY || (crowded && age > PAUSE)) {
    const {kept} = await prune(workspace, {rules});
    write(workspace, {at: Date.now(), held: kept});
  } else if (made > 0) {
    write(workspace, {...last, held});
  }
}

/** Of rules that ask for no age: what is old enough goes once a day. */
function isOver(rule: PruneRule, held: {readonly total: number; readonly free: number}): boolean {
  const goal = rule.unusedFor ? undefined : goalOf(rule, held);
  return goal !== undefined && held.total > goal;
}

function madeBytes({snapshots}: Workspace, solved: ReadonlyMap<unknown, Solved>): number {
  let bytes = 0;
  for (const {cached, key, chainID} of solved.values()) {
    if (!cached && key !== undefined && chainID) bytes += snapshots.find(chainID)?.size ?? 0;
  }
  return bytes;
}

const pathIn = ({store}: Workspace): string => join(store.paths.cache, 'collected.json');

function read(workspace: Workspace): Collected | undefined {
  try {
    const {at, held} = JSON.parse(readFileSync(pathIn(workspace), 'utf8')) as Collected;
    return Number.isFinite(at) && Number.isFinite(held) ? {at, held} : undefined;
  } catch {
    return undefined;
  }
}

function write(workspace: Workspace, collected: Collected): void {
  const draft = workspace.store.ingest.draft();
  writeFileSync(draft, JSON.stringify(collected));
  renameSync(draft, pathIn(workspace));
}
