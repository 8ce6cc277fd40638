import type {Op} from './op.js';
import type {RunMount} from './run-mount.js';

/**
 * What of an op counts for a result: how a person wrote an image, where a file was fetched from, and which directory of this
 * machine a cache mount is, do not.
 */
export function countedOp(op: Op): object {
  if (op.kind === 'image') return {...op, reference: undefined};
  // The digest of the file, or the commit, counts in place of where it was found; a .git that is kept says where.
  if (op.kind === 'http') return {...op, url: undefined, checksum: undefined};
  if (op.kind === 'git') {
    const place = op.keepGitDir ? {} : {remote: undefined, ref: undefined};
    return {...op, ...place, checksum: undefined};
  }
  if (op.kind === 'run' && op.mounts) return {...op, mounts: op.mounts.map(countedMount)};
  return op;
}

/** What is left of an op where the files that it reads are counted themselves: not where in their root they lay. */
export function withoutPlaces(op: Op): Op {
  if (op.kind === 'copy') return {...op, sources: []};
  if (op.kind === 'run' && op.mounts) return {...op, mounts: op.mounts.map(shown)};
  return op;
}

const shown = (mount: RunMount): RunMount =>
  'source' in mount && mount.source ? {...mount, source: {...mount.source, path: ''}} : mount;

const countedMount = (mount: RunMount): object =>
  mount.type === 'cache' ? {...mount, id: undefined, sharing: undefined} : mount;
