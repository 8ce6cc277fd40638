/**
 * WORKDIR: the directory and its missing parents, 0755, owned by the step's USER.
 *
 * Where BuildKit makes an empty layer for a directory that is there, tsbuild makes none.
 */
import {fromText} from '../../archive/byte-string.js';
import {now} from '../../base/clock.js';
import type {MakeDirectoryOp} from '../../graph/op.js';
import {summarize} from '../../layer/summarize.js';
import {TargetTree} from '../../layer/target/target-tree.js';
import {ROOT_ACCOUNT, resolveAccount} from '../../sandbox/accounts.js';
import type {Snapshotter} from '../../snapshot/snapshotter.js';
import type {Root} from '../executor.js';
import {lowersOf, viewed} from './viewed.js';

export function makeDirectory(op: MakeDirectoryOp, root: Root, snapshots: Snapshotter): Root {
  const draft = snapshots.prepare(root);
  try {
    const tree = new TargetTree({upper: draft.upper, lowers: lowersOf(snapshots, root)});
    const location = tree.locate(fromText(op.path));
    if (location.names.length === 0) return root;
    const {uid, gid} =
      op.user === ''
        ? ROOT_ACCOUNT
        : viewed(snapshots, root, (rootfs) => resolveAccount(rootfs, op.user));
    const mtime = Math.floor(now().getTime() / 1000);
    tree.makeDirectories(location, {mode: 0o755, uid, gid, mtime});
    tree.files.finish();
    return draft.commit(summarize(draft.upper));
  } finally {
    draft.discard();
  }
}
