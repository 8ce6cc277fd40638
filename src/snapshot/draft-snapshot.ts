/** A layer in the making: `ingest/…/<draft>/fs` until it is committed. */
import {chmodSync, chownSync, mkdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {Bug, invariant} from '../base/bug.js';
import {timestamp} from '../base/clock.js';
import {removeTree} from '../base/remove-tree.js';
import type {LayerSummary} from '../layer/layer-summary.js';
import {extendChain} from '../oci/chain-id.js';
import type {Digest} from '../oci/digest.js';

import {writeRecord} from './snapshot-record.js';
import type {ActiveSnapshot, MountedStack, Snapshot} from './snapshotter.js';
import type {StackMount, StackMounts} from './stack-mounts.js';

export interface DraftOptions {
  readonly draft: string;
  readonly parent: Snapshot | undefined;
  /** The parent's stack, base first. */
  readonly lower: readonly string[];
  readonly mounts: StackMounts;
  /** Renames the draft to its place; false when an equal one is there. */
  readonly keep: (layer: Pick<Snapshot, 'chainID' | 'diffID' | 'contentDigest'>) => boolean;
  readonly find: (chainID: Digest) => Snapshot | undefined;
}

export class DraftSnapshot implements ActiveSnapshot {
  readonly upper: string;
  readonly #options: DraftOptions;
  #mounted: StackMount | undefined;

  constructor(options: DraftOptions) {
    this.#options = options;
    this.upper = join(options.draft, 'fs');
    mkdirSync(options.draft, {mode: 0o700});
    mkdirSync(this.upper, {mode: 0o755});
    resembleTop(this.upper, options.lower.at(-1));
  }

  mount({foundation}: {foundation?: string} = {}): MountedStack {
    invariant(this.#mounted === undefined, 'a draft is mounted once at a time');
    const {lower, mounts} = this.#options;
    const all = foundation === undefined ? lower : [foundation, ...lower];
    const stack = mounts.mount({lower: all, upper: this.upper});
    this.#mounted = stack;
    return {path: stack.path, unmount: () => this.#unmount({detach: false})};
  }

  commit(summary: LayerSummary, createdAt = timestamp()): Snapshot {
    invariant(this.#mounted === undefined, 'a draft is unmounted before it is committed');
    const {draft, parent, keep, find} = this.#options;
    const {diffID, size, contentDigest} = summary;
    const chainID = extendChain(parent?.chainID, diffID);
    const there = find(chainID);
    if (there === undefined) {
      const layer = {chainID, diffID, size, contentDigest, createdAt};
      writeRecord(draft, parent === undefined ? layer : {...layer, parent: parent.id});
      keep(layer);
    }
    this.discard();
    const snapshot = there ?? find(chainID);
    if (snapshot === undefined) throw new Bug(`snapshot ${chainID} is gone after its commit`);
    return snapshot;
  }

  discard(): void {
    this.#unmount({detach: true});
    removeTree(this.#options.draft);
  }

  #unmount(options: {detach: boolean}): void {
    if (this.#mounted === undefined) return;
    this.#mounted.unmount(options);
    this.#mounted = undefined;
  }
}

/** The top directory of the topmost layer is that of the whole: a new layer must not change its owner and mode. */
function resembleTop(path: string, below: string | undefined): void {
  if (below === undefined) {
    chmodSync(path, 0o755);
    return;
  }
  const {uid, gid, mode} = statSync(below);
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    // Not this user's to give, or an id that the user namespace does not know.
    if (!['EPERM', 'EINVAL'].includes(String((error as {code?: unknown}).code))) throw error;
  }
  chmodSync(path, mode & 0o7777);
}
