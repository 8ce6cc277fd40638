/**
 * Snapshots by overlayfs: a directory for each layer, the stack mounted when somebody looks.
 *
 *   snapshots/<id>/fs            the layer's own files; whatever else its writer left beside them
 *   snapshots/<id>/record.json   what it is
 *   snapshots/<id>/seal.json     what tells whether its files were written to
 *   snapshots/<id>/synced        it survives a power cut
 *   snapshots/layers/<diffID>    a link to an id
 *   snapshots/unsynced/<id>      it may not, yet
 *   snapshots/inventory/         what all records say: see content/inventory.ts
 *
 * A snapshot is made in ingest and appears by one rename; it leaves by one rename back, and is removed there.
 */
import {existsSync, readdirSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import type {Ingest} from '../content/ingest.js';
import {Inventory} from '../content/inventory.js';
import {bootID} from '../linux/boot-id.js';
import {syncFileSystem} from '../linux/sync.js';
import type {Digest} from '../oci/digest.js';
import {DraftSnapshot} from './draft-snapshot.js';
import {SnapshotCollisionError, SnapshotNotFoundError} from './errors.js';
import {LayerLinks} from './layer-links.js';
import {Seals} from './seals.js';
import {
  isSnapshotID,
  isSynced,
  markSynced,
  readRecord,
  type StoredSnapshot,
  snapshotID,
} from './snapshot-record.js';
import type {ActiveSnapshot, MountedStack, Snapshot, Snapshotter} from './snapshotter.js';
import {StackMounts} from './stack-mounts.js';
import {Unsynced} from './unsynced.js';

export interface SnapshotterOptions {
  /** The store's snapshots folder; exists. */
  readonly root: string;
  /** On the same file system. */
  readonly ingest: Ingest;
  /** Whether a snapshot of an earlier boot that was not synced is whole nevertheless. */
  readonly verify: (snapshot: Snapshot) => boolean;
  /** Keeps what is found, or put there, from being removed by others; `look` is over at once. */
  readonly hold?: Hold;
  /** Throws where this process must not mount. What only writes layers goes on without. */
  readonly allowMounts?: () => void;
}

type Hold = <Found>(id: string, look: () => Found | undefined) => Found | undefined;

export class OverlaySnapshotter implements Snapshotter {
  readonly seals: Seals;
  readonly #root: string;
  readonly #ingest: Ingest;
  readonly #verify: (snapshot: Snapshot) => boolean;
  readonly #hold: Hold;
  readonly #links: LayerLinks;
  readonly #mounts: StackMounts;
  readonly #unsynced: Unsynced;
  readonly #inventory: Inventory<StoredSnapshot>;
  /** Read once: a record never changes. */
  readonly #known = new Map<string, Snapshot>();
  readonly #listed = new Map<string, Snapshot>();

  constructor({root, ingest, verify, hold, allowMounts}: SnapshotterOptions) {
    this.#root = root;
    this.#ingest = ingest;
    this.#verify = verify;
    this.#hold = hold ?? ((_id, look) => look());
    this.#links = new LayerLinks(root);
    this.#mounts = new StackMounts(ingest, allowMounts);
    this.seals = new Seals((id) => this.#folder(id));
    this.#unsynced = new Unsynced(root);
    this.#inventory = new Inventory({
      root: join(root, 'inventory'),
      folder: root,
      version: 1,
      idOf: (name) => (isSnapshotID(name) ? name : undefined),
      read: (ids) => this.#readStored(ids),
    });
  }

  find(chainID: Digest): Snapshot | undefined {
    const snapshot = this.#load(snapshotID(chainID));
    return snapshot?.chainID === chainID ? snapshot : undefined;
  }

  findLayer(diffID: Digest): Snapshot | undefined {
    const id = this.#links.read(diffID);
    const linked = id !== undefined && isSnapshotID(id) ? this.#load(id) : undefined;
    if (linked?.diffID === diffID) return linked;
    const other = this.list().find((snapshot) => snapshot.diffID === diffID);
    const found = other && this.#load(other.id);
    if (found !== undefined) this.#links.write(diffID, found.id, this.#ingest.draft());
    return found;
  }

  stack(snapshot: Snapshot): readonly Snapshot[] {
    const stack = [snapshot];
    for (let parent = snapshot.parent; parent !== undefined; ) {
      const below = this.#load(parent);
      if (below === undefined) throw new SnapshotNotFoundError(parent);
      stack.push(below);
      parent = below.parent;
    }
    return stack.reverse();
  }

  prepare(parent: Snapshot | undefined): ActiveSnapshot {
    const draft = this.#ingest.draft();
    return new DraftSnapshot({
      draft,
      parent,
      lower: parent === undefined ? [] : this.stack(parent).map(({path}) => path),
      keep: (layer) => this.#keep(draft, layer),
      find: (chainID) => this.find(chainID),
      mounts: this.#mounts,
    });
  }

  view(snapshot: Snapshot | undefined): MountedStack {
    const lower = snapshot === undefined ? [] : this.stack(snapshot).map(({path}) => path);
    const {path, unmount} = this.#mounts.mount({lower});
    let mounted = true;
    return {
      path,
      unmount() {
        if (mounted) unmount({detach: true});
        mounted = false;
      },
    };
  }

  /** What is there now, held by nobody for having been listed. */
  list(): readonly Snapshot[] {
    return [...this.#inventory.all().values()].flatMap((stored) => {
      const {id} = stored.snapshot;
      const snapshot = this.#known.get(id) ?? this.#listed.get(id) ?? this.#trusted(stored);
      if (snapshot !== undefined) this.#listed.set(id, snapshot);
      return snapshot ?? [];
    });
  }

  /** At once, for others; its files go while this process does other work. */
  remove(id: string): void {
    if (!isSnapshotID(id)) return;
    const diffID = readRecord(this.#folder(id))?.snapshot.diffID;
    this.#known.delete(id);
    this.#listed.delete(id);
    this.#inventory.changing(id, () => this.#ingest.moveAway(this.#folder(id)));
    this.#unsynced.remove(id);
    if (diffID !== undefined && this.#links.read(diffID) === id) this.#links.remove(diffID);
  }

  /**
   * Makes every snapshot of this boot survive a power cut, with one syncfs(2). With `olderThan`, in milliseconds, only when there
   * is one that old: by then the kernel has written it anyway, and the call takes milliseconds instead of seconds.
   */
  sync({olderThan = 0}: {olderThan?: number} = {}): void {
    const unsynced = this.#unsynced.ids().flatMap((id) => {
      const stored = readRecord(this.#folder(id));
      return stored?.bootID === bootID() ? [stored.snapshot] : [];
    });
    const before = Date.now() - olderThan;
    if (!unsynced.some(({createdAt}) => Date.parse(createdAt) <= before)) return;
    syncFileSystem(this.#root);
    for (const {id} of unsynced) this.#markSynced(id);
  }

  #markSynced(id: string): void {
    markSynced(this.#folder(id));
    this.#unsynced.remove(id);
  }

  /** All that is on the disk, whether it can be trusted or not. */
  ids(): readonly string[] {
    return readdirSync(this.#root).filter(isSnapshotID);
  }

  #folder(id: string): string {
    return join(this.#root, id);
  }

  #load(id: string): Snapshot | undefined {
    const known = this.#known.get(id);
    if (known !== undefined && existsSync(known.path)) return known;
    const snapshot = this.#hold(id, () => this.#read(id));
    if (snapshot !== undefined) this.#known.set(id, snapshot);
    return snapshot;
  }

  #read(id: string): Snapshot | undefined {
    const stored = isSnapshotID(id) ? readRecord(this.#folder(id)) : undefined;
    return stored && this.#trusted(stored);
  }

  *#readStored(ids: readonly string[]): Generator<readonly [string, StoredSnapshot]> {
    for (const id of ids) {
      const stored = readRecord(this.#folder(id));
      if (stored !== undefined) yield [id, stored];
    }
  }

  /** Undefined of one that cannot be. */
  #trusted({snapshot: stored, bootID: written}: StoredSnapshot): Snapshot | undefined {
    const folder = this.#folder(stored.id);
    const snapshot = {...stored, path: `${folder}/fs`};
    if (written === bootID() || isSynced(folder)) return snapshot;
    if (!this.#verify(snapshot)) return undefined;
    this.#markSynced(stored.id);
    return snapshot;
  }

  /** Renames the draft into place; false when an equal snapshot is there already. */
  #keep(draft: string, layer: Pick<Snapshot, 'chainID' | 'diffID' | 'contentDigest'>): boolean {
    const {chainID, diffID} = layer;
    const id = snapshotID(chainID);
    for (;;) {
      try {
        this.#hold(id, () => this.#place(draft, id));
        this.seals.seal({...layer, id, path: join(this.#folder(id), 'fs')});
        this.#links.write(diffID, id, this.#ingest.draft());
        return true;
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
      if (this.find(chainID) !== undefined) return false;
      if (this.#load(id) !== undefined) throw new SnapshotCollisionError(id, chainID);
      this.#ingest.moveAway(this.#folder(id));
    }
  }

  #place(draft: string, id: string): true {
    this.#unsynced.add(id);
    this.#inventory.changing(id, () => renameSync(draft, this.#folder(id)));
    return true;
  }
}

const isTaken = (error: unknown): boolean =>
  ['ENOTEMPTY', 'EEXIST'].includes(String((error as {code?: unknown}).code));
