import type {Mount} from '../../oci/runtime-spec.js';

/** A file of the host, shown read-only. */
export const readOnlyFile = (destination: string, source: string): Mount => ({
  destination,
  type: 'bind',
  source,
  options: ['bind', 'ro', 'nosuid', 'nodev', 'noexec'],
});
