import type {Op} from './op.js';
import type {RunMount} from './run-mount.js';

/**
 * What of an op counts for a result: how a person wrote an image, and which directory of this machine a cache mount is,
 * do not.
 */
export function countedOp(op: Op): object {
  if (op.kind === 'image') return {...op, reference: undefined};
  if (op.kind === 'run' && op.mounts) return {...op, mounts: op.mounts.map(countedMount)};
  return op;
}

const countedMount = (mount: RunMount): object =>
  mount.type === 'cache' ? {...mount, id: undefined, sharing: undefined} : mount;
