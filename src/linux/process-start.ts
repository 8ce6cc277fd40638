import {readFileSync} from 'node:fs';

/**
 * When a process began, in clock ticks since boot, with the boot's id: tells a pid from the same pid used again.
 * Undefined when there is no such process, or one that has ended and that nobody waited for.
 *
 * Source  proc(5), /proc/pid/stat fields 3 and 22.
 */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}
