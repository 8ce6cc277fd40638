/**
 * Which capabilities a process has.
 *
 * Source  docker's default set (moby daemon/pkg/oci/caps/defaults.go) and its rules for --cap-add and --cap-drop;
 *         capabilities(7).
 */
import {CAPABILITY_NAMES} from '../../linux/capability-names.js';
import type {Capabilities} from '../../oci/runtime-spec.js';
import {InvalidRunOptionError} from '../errors.js';

export const DEFAULT_CAPABILITIES: readonly string[] = [
  'CAP_AUDIT_WRITE',
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_MKNOD',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_RAW',
  'CAP_SETFCAP',
  'CAP_SETGID',
  'CAP_SETPCAP',
  'CAP_SETUID',
  'CAP_SYS_CHROOT',
];

/**
 * The names that hold after --cap-add and --cap-drop, sorted.
 *
 * ALL stands for every one; names come with or without CAP_, in any case. Dropping ALL keeps what is added by name;
 * adding ALL leaves out what is dropped by name. Throws InvalidRunOptionError for a name that is none.
 */
export function capabilityNames(add: readonly string[], drop: readonly string[]): string[] {
  const added = normalize('--cap-add', add);
  const dropped = normalize('--cap-drop', drop);
  const base = added.includes('ALL') ? CAPABILITY_NAMES : DEFAULT_CAPABILITIES;
  const kept = dropped.includes('ALL') ? [] : base.filter((name) => !dropped.includes(name));
  const named = added.filter((name) => name !== 'ALL');
  return [...new Set([...kept, ...named])].sort();
}

/** All five sets: root has the names at once, others may reach them through files that carry them. */
export function capabilitySets(names: readonly string[], uid: number): Capabilities {
  const held = uid === 0 ? names : [];
  return {bounding: names, effective: held, permitted: held, inheritable: [], ambient: []};
}

function normalize(option: string, names: readonly string[]): string[] {
  return names.map((given) => {
    const upper = given.toUpperCase();
    if (upper === 'ALL' || upper === 'CAP_ALL') return 'ALL';
    const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
    if (CAPABILITY_NAMES.includes(name)) return name;
    throw new InvalidRunOptionError(option, `no capability ${JSON.stringify(given)}`);
  });
}
