import type {CopyOp} from '../graph/op.js';
import {type Vertex, vertex} from '../graph/vertex.js';
import type {SourceContext} from './named-context.js';

/** All files of a context as a root: for a FROM that names it, or where they come from the network. */
export function contextRoot(
  context: SourceContext,
  labels: Pick<Vertex, 'name' | 'lines'>,
): Vertex {
  if (context.kind === 'fetched') return vertex({op: context.op, inputs: [], ...labels});
  const op: CopyOp = {
    kind: 'copy',
    from: 'context',
    context: context.name,
    sources: ['.'],
    destination: '/',
    excludes: [],
    unpack: false,
  };
  return vertex({op, inputs: [null], ...labels});
}
