/** Everything a use case works with, opened once: the store's parts, and what this process is allowed to do. */
import {join, resolve} from 'node:path';
import {ResultCache} from '../cache/result-cache.js';
import {ContainerStore} from '../container/container-store.js';
import {BuildHistory} from '../history/build-history.js';
import {OverlaySnapshotter} from '../snapshot/overlay-snapshotter.js';
import type {Snapshotter} from '../snapshot/snapshotter.js';
import {openStore, type Store} from '../store/store.js';
import {verifySnapshot} from './cache/verify-snapshot.js';
import {requireNamespaces} from './machine/require-namespaces.js';
import {currentRung, type Rung} from './machine/rung.js';
import {storeRoot} from './store-root.js';

export interface Workspace extends AsyncDisposable {
  readonly store: Store;
  readonly snapshots: OverlaySnapshotter & Snapshotter;
  readonly cache: ResultCache;
  readonly containers: ContainerStore;
  readonly history: BuildHistory;
  /** Where foundations of sandboxes are kept. */
  readonly foundations: string;
  /** Where named volumes are kept. */
  readonly volumes: string;
  readonly rung: Rung;
}

/**
 * Layers are trusted after a power cut when they were synced. The kernel has written back by itself what is older than
 * this many milliseconds, so that syncing it costs next to nothing; see src/snapshot/README.md.
 */
const WRITTEN_BACK = 45_000;

/** For use cases that made layers, at their end. */
export const settle = ({snapshots}: Pick<Workspace, 'snapshots'>): void =>
  snapshots.sync({olderThan: WRITTEN_BACK});

/** `root` is the store's directory; by default the user's own (store-root.ts). */
export async function openWorkspace({
  root = storeRoot(),
}: {
  root?: string | undefined;
} = {}): Promise<Workspace> {
  const store = await openStore(resolve(root), {lock: 'shared'});
  const {paths, ingest} = store;
  const rung = currentRung();
  const snapshots = new OverlaySnapshotter({
    root: paths.snapshots,
    ingest,
    verify: verifySnapshot,
    hold: (id, look) => store.leases.hold(id, look),
    allowMounts: () => requireNamespaces(rung, 'mounting layers'),
  });
  return {
    store,
    snapshots,
    cache: new ResultCache(paths.cache),
    containers: new ContainerStore(paths.containers),
    history: new BuildHistory(paths.builds),
    foundations: join(paths.cache, 'foundations'),
    volumes: join(paths.root, 'volumes'),
    rung,
    async [Symbol.asyncDispose]() {
      await snapshots.seals.settled();
      await store.close();
    },
  };
}
