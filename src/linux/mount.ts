/**
 * Mounts in this process's mount namespace, which the launcher has made private: they end with the process.
 *
 * Overlay mounts always have `userxattr`, as root too, and neither redirect_dir nor metacopy: a store has one dialect.
 */
import {constants} from 'node:os';
import {OverlayDepthError, SystemCallError} from './errors.js';
import {ContextRefusal, mountFilesystem, type Parameter} from './filesystem-context.js';
import {checked, libcFunction} from './libc.js';
import {callMount, type MountRequest} from './mount-call.js';
import {MS} from './mount-flags.js';
import {mountOverlayByPage} from './overlay-by-page.js';
import {type OverlayMount, overlayError, upperParameters} from './overlay-mount.js';

const {EINVAL, ENOSYS, EPERM} = constants.errno;
const MNT_DETACH = 2;
const UMOUNT_NOFOLLOW = 8;
const STACK_MAX = 500;

const unmountCall = libcFunction('int umount2(const char *target, int flags)');

export function mount(request: MountRequest): void {
  const errno = callMount(request);
  if (errno === 0) return;
  const {source, target, type = '', data = ''} = request;
  throw new SystemCallError({syscall: 'mount', arguments: [source, target, type, data], errno});
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
  if (!hasLowerdirPlus || !tryMountByParameters(overlay)) mountOverlayByPage(overlay);
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
