/**
 * What a container writes, on its way to this process's own streams.
 *
 * Programs open /dev/stdout and /dev/stderr again by name, nginx its log before all else. Of the caller's streams a pipe or
 * terminal of the process's own user allows that; a socket never does, a file would be cut, and others' belong to others: then
 * the process writes into pipes of its own, as under docker.
 */
import {fstatSync} from 'node:fs';
import type {RuntimeConfig} from '../../oci/runtime-spec.js';
import type {RunOptions} from '../../sandbox/run-process.js';

export function containerOutput({process: {terminal, user}}: RuntimeConfig): RunOptions {
  if (terminal || [1, 2].every((stream) => opensAgain(stream, user.uid))) return {};
  return {onOutput: passOn()};
}

function opensAgain(stream: number, user: number): boolean {
  const stat = fstatSync(stream);
  return stat.uid === user && (stat.isFIFO() || stat.isCharacterDevice());
}

/** Where nobody reads any more, the process is told as it would be: its pipe breaks. */
function passOn(): NonNullable<RunOptions['onOutput']> {
  const broken = new Set<string>();
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].on('error', () => broken.add(name));
  }
  return (name, data) => {
    if (broken.has(name)) return false;
    process[name].write(data);
    return true;
  };
}
