import type {EntryType} from '../../archive/tar-header.js';

/** The mode that git would remember, as a checkout under umask 022 gives it: 0755, or 0644 for a file its owner cannot execute. */
export function gitMode({type, mode}: {readonly type: EntryType; readonly mode: number}): number {
  if (type === 'directory') return 0o755;
  if (type !== 'file') return mode;
  return (mode & 0o100) === 0 ? 0o644 : 0o755;
}
