/**
 * Mounts of stacks, in this process's mount namespace.
 *
 * Removing a directory costs milliseconds on some disks (1 to 3 on ext4 with `discard`, a hundred times what making one
 * does), and each writable mount leaves four. So mount points are used again, and work directories, which overlayfs does not take
 * a second time after a volatile mount, are removed while others work.
 */
import {mkdirSync} from 'node:fs';
import type {Ingest} from '../content/ingest.js';
import {mountOverlay, unmount} from '../linux/mount.js';

export interface StackToMount {
  /** Base first. */
  readonly lower: readonly string[];
  readonly upper?: string;
}

export interface StackMount {
  readonly path: string;
  /** Once; `detach` although something in it is still open. */
  unmount(options?: {detach: boolean}): void;
}

export class StackMounts {
  readonly #ingest: Ingest;
  readonly #allow: () => void;
  readonly #free: string[] = [];
  #empty: string | undefined;

  /** `allow` throws where a mount would outlive the process, or cannot be. */
  constructor(ingest: Ingest, allow: () => void = () => undefined) {
    this.#ingest = ingest;
    this.#allow = allow;
  }

  /** With `upper`, writable. */
  mount({lower, upper}: StackToMount): StackMount {
    this.#allow();
    const path = this.#free.pop() ?? this.#folder();
    // overlayfs wants at least one lower directory.
    const lowers = lower.length === 0 ? [this.#nothing()] : lower.toReversed();
    const work = upper === undefined ? undefined : this.#folder();
    try {
      const writable = upper === undefined || work === undefined ? {} : {upper, work};
      mountOverlay({lowers, target: path, volatile: true, ...writable});
    } catch (error) {
      this.#release(path, work);
      throw error;
    }
    return {
      path,
      unmount: (options) => {
        unmount(path, options);
        this.#release(path, work);
      },
    };
  }

  #release(path: string, work: string | undefined): void {
    this.#free.push(path);
    if (work !== undefined) this.#ingest.retire(work);
  }

  #nothing(): string {
    this.#empty ??= this.#folder();
    return this.#empty;
  }

  #folder(): string {
    const path = this.#ingest.draft();
    mkdirSync(path);
    return path;
  }
}
