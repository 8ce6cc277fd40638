import {join, relative} from 'node:path';
import type {BindMount} from '../../../graph/run-mount.js';
import {resolveInsideRoot} from '../../../linux/inside-root.js';
import type {Mount} from '../../../oci/runtime-spec.js';
import type {MountPlace, OpenedMount} from './opened-mount.js';

/**
 * A path of another root, links followed inside it.
 *
 * Writable, it has a layer of its own above, which is thrown away; so has one that others are mounted in, since their mount points
 * may be missing there.
 */
export function openBindMount(
  {target, source, readonly}: BindMount,
  {inputs, options}: MountPlace,
  holdsOthers: boolean,
): OpenedMount {
  const {snapshots} = options;
  const root = inputs[source.input];
  const show = (path: string): Mount => ({
    destination: target,
    type: 'bind',
    source: path,
    options: ['rbind', readonly ? 'ro' : 'rw'],
  });
  if (readonly && !holdsOthers) {
    const view = snapshots.view(root);
    const path = resolveInsideRoot(view.path, source.path);
    return {mount: show(path), close: () => view.unmount()};
  }
  const draft = snapshots.prepare(root);
  try {
    const mounted = draft.mount();
    const path = resolveInsideRoot(mounted.path, source.path);
    const upper = join(draft.upper, relative(mounted.path, path));
    return {mount: show(path), writable: {path, upper}, close: () => draft.discard()};
  } catch (error) {
    draft.discard();
    throw error;
  }
}
