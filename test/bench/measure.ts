/** One timed command, and the cold start before it. */
import {attempt, type Shell, sh} from './shell.js';

export interface Sample {
  /** Wall clock. */
  readonly seconds: number;
  /** Peak of the largest process, absent without /usr/bin/time. */
  readonly megabytes: number | undefined;
}

/** The clock is read where the command runs, so that neither the lab's door nor a change of user counts. */
const TIMED = `
  log=$(mktemp); memory=$(mktemp); meter=
  [ -x /usr/bin/time ] && meter="/usr/bin/time -q -f %M -o $memory"
  start=$EPOCHREALTIME
  $meter sh -c "$COMMAND" > "$log" 2>&1 < /dev/null; code=$?
  end=$EPOCHREALTIME
  [ $code = 0 ] || { cat "$log"; rm -f "$log" "$memory"; exit 1; }
  echo "$start $end $(tail -n 1 "$memory")"
  rm -f "$log" "$memory"`;

export function timed(shell: Shell, command: string): Sample {
  const quoted = command.replaceAll("'", "'\\''");
  const {code, output} = attempt(shell, `LC_ALL=C; COMMAND='${quoted}'\n${TIMED}`);
  if (code !== 0) throw new Error(`${command}\n${output.slice(-2000)}`);
  const [start = 0, end = 0, kilobytes] =
    output.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  return {
    seconds: end - start,
    megabytes: kilobytes === undefined || kilobytes === 0 ? undefined : kilobytes / 1024,
  };
}

/**
 * Forgets what earlier runs left in memory, then reads back what a warm machine would have.
 *
 * On ext4 without a journal a new inode skips, one by one, the inodes deleted in the last minutes: without this, making
 * 30,000 files takes up to twenty times longer right after a store was wiped. Needs root; otherwise only writes back.
 */
export function settle(shell: Shell, warm: readonly string[]): void {
  const drop = 'sync; [ -w /proc/sys/vm/drop_caches ] && echo 1 > /proc/sys/vm/drop_caches';
  const read = warm.map((path) => `tar cf - ${path} 2>/dev/null | cat > /dev/null`);
  sh(shell, [drop, ...read, 'true'].join('\n'));
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
