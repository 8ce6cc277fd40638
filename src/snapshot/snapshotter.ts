/**
 * Stacks of unpacked layers as mountable directories.
 *
 * A snapshot is one unpacked layer on top of its parent; its id is derived from its chainID, so equal stacks are
 * one directory. All overlay mounts use `userxattr`, as root too: a store has one dialect of opaque directories.
 */

import type {LayerSummary} from '../layer/layer-summary.js';
import type {Digest} from '../oci/digest.js';

export interface Snapshot extends LayerSummary {
  /** 16 hexadecimal digits of the chainID. */
  readonly id: string;
  readonly chainID: Digest;
  /** The parent's id; absent for the first layer. */
  readonly parent?: string;
  /** The layer's own files, whiteouts in overlayfs form. */
  readonly path: string;
  readonly createdAt: string;
}

/** A directory where the stack is mounted, in this process's mount namespace. */
export interface MountedStack {
  readonly path: string;
  unmount(): void;
}

/** A layer in the making: files may be put into `upper` directly before `mount`, or through the mount. */
export interface ActiveSnapshot {
  readonly upper: string;
  /**
   * Mounts parent and upper together, writable.
   * `foundation` is a directory of empty mount points put below everything: what the sandbox mounts on exists, yet no
   * layer ever holds it.
   */
  mount(options?: {foundation?: string}): MountedStack;
  /**
   * Makes it permanent under the chainID of parent and `summary.diffID`; an equal snapshot that exists wins. Unmount first.
   * `createdAt` is for one that was made elsewhere, RFC 3339.
   */
  commit(summary: LayerSummary, createdAt?: string): Snapshot;
  /** Removes it. Safe to call after commit. */
  discard(): void;
}

export interface Snapshotter {
  /** Whether the files of a layer are those that were made. */
  readonly seals: {isWhole(snapshot: Snapshot): Promise<boolean>};
  find(chainID: Digest): Snapshot | undefined;
  /** By the diffID of its own layer: any one such snapshot, to stream the layer from. */
  findLayer(diffID: Digest): Snapshot | undefined;
  /** The stack from the base up to `snapshot`. */
  stack(snapshot: Snapshot): readonly Snapshot[];
  /** A new layer on top of `parent`; undefined is the empty stack. */
  prepare(parent: Snapshot | undefined): ActiveSnapshot;
  /** The stack read-only. */
  view(snapshot: Snapshot | undefined): MountedStack;
  list(): readonly Snapshot[];
  remove(id: string): void;
}
