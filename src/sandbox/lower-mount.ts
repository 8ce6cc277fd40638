/**
 * A mount of the runtime-spec → steps.
 *
 * A bind takes no flags but `rec`: the others are a remount of their own, and propagation is one more call.
 * Source  mount(2); OCI runtime-spec v1.2.1, config.md § Mounts.
 */
import {MS, parseMountOptions} from '../linux/mount-flags.js';
import type {Step} from '../linux/plan.js';
import type {Mount} from '../oci/runtime-spec.js';
import {targetKind} from './mount-target.js';

export function lowerMount(mount: Mount): Step[] {
  const {destination, source, type} = mount;
  const {flags, propagation, data, recursiveReadOnly} = readOptions(mount.options);
  const isBind = type === 'bind' || (flags & MS.bind) !== 0;
  const attributes = flags & ~(MS.bind | MS.rec);
  const first: Step = {
    do: 'mount',
    source,
    target: destination,
    // A unified hierarchy is what the spec's `cgroup` stands for where there is one.
    type: isBind ? '' : type.replace(/^cgroup$/, 'cgroup2'),
    flags: isBind ? MS.bind | (flags & MS.rec) : flags,
    data: isBind ? '' : data,
    make: targetKind(mount),
  };
  const remount: Step = {
    do: 'remount',
    target: destination,
    flags: MS.remount | MS.bind | attributes | (recursiveReadOnly ? MS.rec : 0),
  };
  return [
    first,
    ...(isBind && attributes !== 0 ? [remount] : []),
    ...propagation.map(
      (bits): Step => ({
        do: 'mount',
        source: '',
        target: destination,
        type: '',
        flags: bits,
        data: '',
        make: 'nothing',
      }),
    ),
  ];
}

/** `rro` is read-only for what is mounted below, too. */
function readOptions(options: readonly string[]) {
  const recursiveReadOnly = options.includes('rro');
  const plain = options.map((option) => (option === 'rro' ? 'ro' : option));
  return {...parseMountOptions(plain), recursiveReadOnly};
}
