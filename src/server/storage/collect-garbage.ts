/**
 * Removes what no manifest needs any more, while the registry serves.
 *
 * Mark   of each repository what its manifests mention. All manifests count, or with `untagged` only those that a tag leads
 *        to: through indexes, and up to those that have one of them as their subject.
 * Sweep  the rest, when nobody pushed it or asked for it (HEAD, mount, a manifest's check) within the grace period. So a push
 *        under way keeps its blobs. What no repository links any more goes from the registry's own folder.
 * Kill   at any moment leaves a registry that is whole: manifests leave index.json before their bytes go.
 */
import {statSync} from 'node:fs';
import {setImmediate as breathe} from 'node:timers/promises';
import {now} from '../../base/clock.js';
import type {Digest} from '../../oci/digest.js';
import type {RegistryStorage} from './registry-storage.js';
import type {Inside, Repository} from './repository.js';

export interface CollectOptions {
  /** Milliseconds. */
  readonly grace: number;
  /** Also manifests that no tag leads to. */
  readonly untagged: boolean;
  /** Milliseconds without a byte after which an upload is given up. */
  readonly uploadAge: number;
}

export interface Collected {
  readonly manifests: number;
  readonly blobs: number;
  readonly uploads: number;
  /** Of the disk. */
  readonly bytes: number;
}

export async function collectGarbage(
  storage: RegistryStorage,
  options: CollectOptions,
): Promise<Collected> {
  const {repositories, uploads} = storage;
  const time = now().getTime();
  const before = time - options.grace;
  let [manifests, blobs] = [0, 0];
  for (const name of repositories.names()) {
    const swept = await sweepRepository(repositories.open(name), {...options, before});
    manifests += swept.manifests;
    blobs += swept.blobs;
  }
  const bytes = await sweepPool(storage, before);
  return {manifests, blobs, bytes, uploads: await uploads.purge(time - options.uploadAge)};
}

interface Sweep {
  /** Milliseconds since 1970: what is younger stays. */
  readonly before: number;
  readonly untagged: boolean;
}

const sweepRepository = (repository: Repository, {before, untagged}: Sweep) =>
  repository.alone(async (inside) => {
    const graph = await readGraph(inside);
    // What a damaged manifest mentions is not known: nothing goes.
    if (graph === undefined) return {manifests: 0, blobs: 0};
    const isOld = (digest: Digest): boolean => inside.changedAt(digest) < before;
    const all = [...graph.keys()];
    const roots = untagged ? all.filter((digest) => !isOld(digest)) : all;
    const alive = reachable(graph, [...roots, ...repository.tags.values()]);
    const dead = new Set(all.filter((digest) => !alive.has(digest)));
    if (dead.size > 0) await inside.removeManifests(dead);
    const blobs = (await inside.blobs()).filter((digest) => !alive.has(digest) && isOld(digest));
    for (const digest of blobs) inside.removeBlob(digest);
    inside.unmakeEmpty();
    return {manifests: dead.size, blobs: blobs.length};
  });

interface Node {
  readonly mentions: readonly Digest[];
  readonly subject?: Digest | undefined;
}

type Graph = ReadonlyMap<Digest, Node>;

async function readGraph(inside: Inside): Promise<Graph | undefined> {
  const graph = new Map<Digest, Node>();
  for await (const {target, facts} of inside.facts()) {
    if (facts === undefined) return undefined;
    graph.set(target.digest, {mentions: facts.mentions, subject: facts.subject});
  }
  return graph;
}

/** All that the roots lead to, blobs too. */
function reachable(graph: Graph, roots: readonly Digest[]): ReadonlySet<Digest> {
  const about = new Map<Digest, Digest[]>();
  for (const [digest, {subject}] of graph) {
    if (subject !== undefined) about.set(subject, [...(about.get(subject) ?? []), digest]);
  }
  const found = new Set<Digest>();
  const pending = [...roots];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    pending.push(...(graph.get(next)?.mentions ?? []), ...(about.get(next) ?? []));
  }
  return found;
}

/** Bytes that came free. */
async function sweepPool({pool}: RegistryStorage, before: number): Promise<number> {
  let [bytes, count] = [0, 0];
  for (const digest of await pool.list()) {
    if (++count % 512 === 0) await breathe();
    const stats = statSync(pool.path(digest), {throwIfNoEntry: false});
    if (stats === undefined || stats.nlink > 1 || stats.mtimeMs >= before) continue;
    pool.remove(digest);
    bytes += stats.size;
  }
  return bytes;
}
