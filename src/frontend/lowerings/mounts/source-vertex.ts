import {posix} from 'node:path';
import {type Vertex, vertex} from '../../../graph/vertex.js';
import {literalSource} from '../../../layer/source/glob.js';
import type {FileSource} from '../../stage-context.js';
import {clean} from './read-mount.js';

export interface MountedVertex {
  readonly vertex: Vertex | null;
  /** Absolute in the root of the vertex. */
  readonly path: string;
}

/** A path of the build's context (`from` is undefined), of another context, of a stage, or of an image. */
export function mountedVertex(from: FileSource | undefined, source: string): MountedVertex {
  const path = clean(posix.join('/', source));
  if (from?.kind === 'root') return {vertex: from.vertex, path};
  return contextFiles(from?.name, path);
}

/** Of a source that may be a file or a directory. */
const MOUNTED = '/mounted';

/**
 * Files of a context, copied once into a root of their own: what .dockerignore hides stays hidden, owners are root's,
 * nothing that is written reaches the directory, and the copy is a result like any other.
 */
function contextFiles(context: string | undefined, path: string): MountedVertex {
  const isWhole = path === '/';
  const destination = isWhole ? '/' : MOUNTED;
  const copied = vertex({
    op: {
      kind: 'copy',
      from: 'context',
      ...(context === undefined ? {} : {context}),
      sources: [isWhole ? '.' : literalSource(path.slice(1))],
      destination,
      excludes: [],
      unpack: false,
    },
    inputs: [null],
    name: `[internal] ${isWhole ? 'all' : path.slice(1)} of ${context === undefined ? 'the build context' : `context ${context}`}`,
  });
  return {vertex: copied, path: destination};
}
