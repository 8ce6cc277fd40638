/** What a build would download: layers that are not here, of roots that steps which may run stand on, and of the result itself. */
import type {ImportedResult} from '../../cache/shared/imported-results.js';
import {baseVertex} from '../../export/image/base-layers.js';
import type {Vertex} from '../../graph/vertex.js';
import {chainIDs} from '../../oci/chain-id.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {missingLayers} from '../../solver/executors/image-root.js';
import type {PlannedStep} from '../../solver/plan.js';
import type {Workspace} from '../workspace.js';

type Places = Pick<Workspace, 'store' | 'snapshots'>;

/** In bytes. */
export function plannedPulls(
  target: Vertex | null,
  steps: readonly PlannedStep[],
  places: Places,
): number {
  const outlooks = new Map(steps.map(({vertex, outlook}) => [vertex.id, outlook]));
  const running = steps.filter(({outlook: {kind}}) => kind === 'miss' || kind === 'unknown');
  const pulls = new Map<Digest, number>();
  for (const vertex of [target, ...running.flatMap(({vertex}) => vertex.inputs)]) {
    const outlook = vertex === null ? undefined : outlooks.get(vertex.id);
    const imported = outlook?.kind === 'hit' ? outlook.imported : undefined;
    for (const {digest, size} of missingOf(vertex, imported, places)) pulls.set(digest, size);
  }
  return [...pulls.values()].reduce((sum, size) => sum + size, 0);
}

/** None of what is made here, or was. */
function missingOf(
  vertex: Vertex | null,
  imported: ImportedResult | undefined,
  places: Places,
): readonly Descriptor[] {
  if (imported === undefined) {
    return vertex?.op.kind === 'image' ? missingLayers(vertex.op, places) : [];
  }
  const {base, layers} = imported;
  const {store, snapshots} = places;
  const chain = chainIDs(
    layers.map(({diffID}) => diffID),
    base ?? undefined,
  );
  const there = chain.findLastIndex((id) => snapshots.find(id) !== undefined);
  const own = layers.slice(there + 1).map(({blob}) => blob);
  const below = there === -1 ? missingOf(baseVertex(vertex), undefined, places) : [];
  return [...below, ...own.filter((blob) => !store.blobs.has(blob))];
}
