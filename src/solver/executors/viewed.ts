import type {Snapshotter} from '../../snapshot/snapshotter.js';
import type {Root} from '../executor.js';

/** Lets `look` read a root, mounted for as long as it takes. */
export function viewed<Out>(
  snapshots: Snapshotter,
  root: Root,
  look: (rootfs: string) => Out,
): Out {
  const view = snapshots.view(root);
  try {
    return look(view.path);
  } finally {
    view.unmount();
  }
}

/** The layers of a root, topmost first: what overlayfs calls lowerdir. */
export const lowersOf = (snapshots: Snapshotter, root: Root): string[] =>
  root === undefined
    ? []
    : snapshots
        .stack(root)
        .map(({path}) => path)
        .reverse();
