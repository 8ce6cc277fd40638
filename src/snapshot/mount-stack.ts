/** Mounts a stack at `<draft>/merged`; with `upper`, writable, its work directory beside it. */
import {mkdirSync, rmdirSync} from 'node:fs';
import {join} from 'node:path';
import {mountOverlay, unmount} from '../linux/mount.js';

export interface StackToMount {
  /** A folder of the caller's own. */
  readonly draft: string;
  /** Base first. */
  readonly lower: readonly string[];
  readonly upper?: string;
}

export interface StackMount {
  readonly path: string;
  /** `detach` although something in it is still open. */
  unmount(options?: {detach: boolean}): void;
}

export function mountStack({draft, lower, upper}: StackToMount): StackMount {
  const path = folder(draft, 'merged');
  // overlayfs wants at least one lower directory.
  const lowers = lower.length === 0 ? [folder(draft, 'empty')] : lower.toReversed();
  const writable = upper === undefined ? {} : {upper, work: folder(draft, 'work'), volatile: true};
  mountOverlay({lowers, target: path, ...writable});
  return {
    path,
    unmount(options) {
      unmount(path, options);
      rmdirSync(path);
    },
  };
}

function folder(draft: string, name: string): string {
  const path = join(draft, name);
  mkdirSync(path, {recursive: true});
  return path;
}
