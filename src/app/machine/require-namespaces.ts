import {NoNamespacesError} from '../errors.js';
import type {Rung} from './rung.js';

/** Throws unless mounts made here vanish with the process, and processes can be put into namespaces. */
export function requireNamespaces(rung: Rung, what: string): void {
  if (rung === 'none' || rung === 'outside') throw new NoNamespacesError(what);
}
