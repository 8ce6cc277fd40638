import {OverlayMountError} from './errors.js';
import type {Parameter} from './filesystem-context.js';

export interface OverlayMount {
  /** Absolute, the uppermost first; at least one. */
  readonly lowers: readonly string[];
  /** With `work`, on one file system: then the mount is writable. */
  readonly upper?: string;
  readonly work?: string;
  readonly target: string;
  /** Leaves out all fsyncs: what was written counts only after the file system has been synced. */
  readonly volatile?: boolean;
}

/** Between the lower directories and the end: the same for both ways of mounting. */
export function upperParameters({upper, work, volatile}: OverlayMount): Parameter[] {
  const writable: Parameter[] =
    upper === undefined || work === undefined
      ? []
      : [
          ['upperdir', upper],
          ['workdir', work],
          ...(volatile ? [['volatile'] satisfies Parameter] : []),
        ];
  return [...writable, ['userxattr']];
}

/** `detail` is what the kernel said in words. */
export function overlayError(
  overlay: OverlayMount,
  errno: number,
  detail?: string,
): OverlayMountError {
  const call = {
    syscall: 'mount overlay',
    arguments: [overlay.target, `${overlay.lowers.length} lower`, overlay.upper ?? 'read-only'],
    errno,
  };
  return new OverlayMountError(call, {
    hint: 'Run "tsbuild doctor": it tells what this machine lacks for overlay mounts.',
    ...(detail === undefined ? {} : {detail}),
  });
}
