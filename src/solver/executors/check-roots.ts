/** The roots that a step is given: whether their files are those that were made, and their way out where they are not. */
import {AlteredSnapshotError} from '../../snapshot/errors.js';
import {removeStanding} from '../../snapshot/remove-standing.js';
import type {Root} from '../executor.js';
import type {ExecutorOptions} from './executor-options.js';

type Places = Pick<ExecutorOptions, 'snapshots' | 'store'>;

/** Each layer once in a process. Throws AlteredSnapshotError with all that are damaged. */
export async function checkRoots(
  roots: readonly Root[],
  {snapshots}: Pick<Places, 'snapshots'>,
): Promise<void> {
  const layers = roots.flatMap((root) => (root === undefined ? [] : snapshots.stack(root)));
  const damaged = new Set<string>();
  for (const layer of layers) {
    if (!(await snapshots.seals.isWhole(layer))) damaged.add(layer.id);
  }
  if (damaged.size > 0) throw new AlteredSnapshotError([...damaged]);
}

/** With what stands on them, all or none. */
export async function discardSnapshots(
  damage: AlteredSnapshotError,
  {snapshots, store: {leases}}: Places,
): Promise<void> {
  await leases.removing(() => {
    const held = leases.heldByOthers();
    for (const id of damage.ids) {
      if (!removeStanding(id, snapshots, held).removed) throw damage;
    }
  });
}
