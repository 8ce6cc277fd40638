import type {Mount} from '../../oci/runtime-spec.js';

/**
 * Default mounts with a caller's own over them: an equal destination replaces, the rest follow, parents before
 * children and otherwise in the order given.
 */
export function overlayMounts(defaults: readonly Mount[], own: readonly Mount[]): Mount[] {
  const taken = new Set(own.map(({destination}) => destination));
  const kept = defaults.filter(({destination}) => !taken.has(destination));
  const depth = ({destination}: Mount) => destination.split('/').length;
  return [...kept, ...[...own].sort((left, right) => depth(left) - depth(right))];
}
