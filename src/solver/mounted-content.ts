import {mapLimit} from '../base/concurrency.js';
import type {RunOp} from '../graph/op.js';
import type {MountedSource} from '../graph/run-mount.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import type {Executor} from './executor.js';
import type {Solved} from './solved.js';

/**
 * What a RUN consumes of its inputs: the root whole, and of each mount's source the files that are shown.
 *
 * That is safe because no mount has an output: what is written to one is gone, so a file beside the shown ones cannot
 * come into the result.
 */
export async function consumedByRun(
  op: RunOp,
  {
    vertex,
    inputs,
    executor,
  }: {
    readonly vertex: Vertex;
    readonly inputs: readonly (Pick<Solved, 'content' | 'open'> | undefined)[];
    readonly executor: Pick<Executor, 'selectMounted'>;
  },
): Promise<(Digest | null)[]> {
  const sources = (op.mounts ?? []).flatMap((mount) =>
    'source' in mount && mount.source !== undefined ? [mount.source] : [],
  );
  return mapLimit([...inputs.keys()], 4, async (index) => {
    const input = inputs[index];
    const source = sources.find((each) => each.input === index);
    if (source === undefined || isWhole(source, vertex)) return input?.content ?? null;
    return (await executor.selectMounted(source, await input?.open())).digest;
  });
}

/** Also where all there is was copied to that very path, as the files of the build context are. */
function isWhole({input, path}: MountedSource, {inputs}: Vertex): boolean {
  if (path === '/') return true;
  const vertex = inputs[input];
  return vertex?.op.kind === 'copy' && vertex.inputs[0] === null && vertex.op.destination === path;
}
