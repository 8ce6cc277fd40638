/**
 * Mounts in this process's mount namespace, which the launcher has made private: they end with the process.
 *
 * Overlay mounts always have `userxattr`, as root too, and neither redirect_dir nor metacopy: a store has one dialect.
 */
import {closeSync, constants as fs, openSync} from 'node:fs';
import {constants} from 'node:os';
import {OverlayDepthError, OverlayMountError} from './errors.js';
import {ContextRefusal, mountFilesystem, type Parameter} from './filesystem-context.js';
import {checked, lastErrno, libcFunction} from './libc.js';
import {MS} from './mount-flags.js';

const {EINVAL, ENOSYS, EPERM} = constants.errno;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const STACK_MAX = 500;
const PAGE = 4096;

const mountCall = libcFunction(
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
);
const unmountCall = libcFunction('int umount2(const char *target, int flags)');

export interface MountRequest {
  readonly source: string;
  readonly target: string;
  readonly type?: string;
  /** MS_* of mount(2). */
  readonly flags?: number;
  readonly data?: string;
}

export function mount({source, target, type, flags = 0, data}: MountRequest): void {
  const result = mountCall(source, target, type ?? null, flags, data ?? null);
  checked(result, 'mount', [source, target, type ?? '', data ?? '']);
}

/** `detach` takes it out of sight at once, though files in it are still open. */
export function unmount(path: string, {detach = false}: {detach?: boolean} = {}): void {
  const flags = UMOUNT_NOFOLLOW | (detach ? MNT_DETACH : 0);
  checked(unmountCall(path, flags), 'umount2', [path]);
}

/** `source` seen at `target` too; both exist, and both are files or both directories. */
export function bindMount(source: string, target: string, {readOnly = false} = {}): void {
  mount({source, target, flags: MS.bind});
  if (!readOnly) return;
  try {
    mount({source, target, flags: MS.remount | MS.bind | MS.rdonly | lockedFlags(target)});
  } catch (error) {
    unmount(target, {detach: true});
    throw error;
  }
}

/** What the user namespace's parent has set must be set again: mount_namespaces(7), "locked". */
function lockedFlags(path: string): number {
  const ST_FLAGS = MS.nosuid | MS.nodev | MS.noexec | MS.noatime | MS.nodiratime;
  const ST_RELATIME = 4096;
  const flags = statvfsFlags(path);
  return (flags & ST_FLAGS) | (flags & ST_RELATIME ? MS.relatime : 0);
}

const statvfs = libcFunction('int statvfs(const char *path, void *result)');

/** `f_flag` of struct statvfs: after eight words and f_fsid, on every 64-bit Linux. */
function statvfsFlags(path: string): number {
  const result = Buffer.alloc(256);
  checked(statvfs(path, result), 'statvfs', [path]);
  return Number(result.readBigUInt64LE(72));
}

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

/**
 * Throws  OverlayDepthError above 500 lower directories, or about 200 before Linux 6.5; OverlayMountError when the
 *         kernel refuses.
 */
export function mountOverlay(overlay: OverlayMount): void {
  const {lowers, upper, target} = overlay;
  const [only] = lowers;
  if (lowers.length > STACK_MAX) throw new OverlayDepthError(lowers.length, STACK_MAX);
  // overlayfs without an upper wants two lowers; one alone is what it would show anyway.
  if (lowers.length === 1 && only !== undefined && upper === undefined) {
    bindMount(only, target, {readOnly: true});
    return;
  }
  if (!hasLowerdirPlus || !tryMountByParameters(overlay)) mountByOptionPage(overlay);
}

/** Since Linux 6.5; learned from the first attempt. */
let hasLowerdirPlus = true;

function tryMountByParameters(overlay: OverlayMount): boolean {
  const parameters: Parameter[] = [
    ['source', 'overlay'],
    ...overlay.lowers.map((path): Parameter => ['lowerdir+', path]),
    ...upperParameters(overlay),
  ];
  try {
    mountFilesystem({
      type: 'overlay',
      parameters,
      target: overlay.target,
      readOnly: overlay.upper === undefined,
    });
    return true;
  } catch (error) {
    if (!(error instanceof ContextRefusal)) throw error;
    const isUnknown = error.errnoNumber === EINVAL && error.parameter === 'lowerdir+';
    // EPERM from fsopen: a filter that does not know it. mount(2) will say whether mounting is allowed.
    const isAbsent = error.syscall === 'fsopen' && [ENOSYS, EPERM].includes(error.errnoNumber);
    if (!isUnknown && !isAbsent) throw overlayError(overlay, error.errnoNumber, error.message);
    hasLowerdirPlus = false;
    return false;
  }
}

function upperParameters({upper, work, volatile}: OverlayMount): Parameter[] {
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

/** Lower directories go in as /proc/self/fd/N: short, so that 200 fit the page, and free of commas and colons. */
function mountByOptionPage(overlay: OverlayMount): void {
  const fds: number[] = [];
  try {
    for (const lower of overlay.lowers) fds.push(openSync(lower, O_PATH | fs.O_DIRECTORY));
    const options = [
      `lowerdir=${fds.map((fd) => `/proc/self/fd/${fd}`).join(':')}`,
      ...upperParameters(overlay).map(([name, value]) =>
        value === undefined ? name : `${name}=${value.replace(/[\\,]/g, '\\$&')}`,
      ),
    ].join(',');
    if (Buffer.byteLength(options) >= PAGE) {
      throw new OverlayDepthError(overlay.lowers.length, Math.floor(PAGE / 20));
    }
    const flags = overlay.upper === undefined ? MS.rdonly : 0;
    if (mountCall('overlay', overlay.target, 'overlay', flags, options) === 0) return;
    throw overlayError(overlay, lastErrno());
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}

const O_PATH = 0o10000000;

function overlayError(overlay: OverlayMount, errno: number, detail?: string): OverlayMountError {
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
