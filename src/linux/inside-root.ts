/**
 * Paths of a root that is not trusted, followed as a process inside it would: an absolute symbolic link starts at the
 * root again, `..` never leaves it.
 *
 * resolveInsideRoot  is text for text, and holds as long as nobody renames things in the root meanwhile.
 * openInsideRoot     is one system call that no rename can fool (openat2(2), RESOLVE_IN_ROOT).
 */
import {closeSync, constants as fs, lstatSync, openSync, readlinkSync} from 'node:fs';
import {constants} from 'node:os';
import {SymlinkLoopError, SystemCallError} from './errors.js';
import {lastErrno, systemCall} from './libc.js';

const {EAGAIN, ELOOP, ENOSYS, EPERM} = constants.errno;
const LINKS_MAX = 40;
const ATTEMPTS_MAX = 64;
const RESOLVE_NO_MAGICLINKS = 0x02n;
const RESOLVE_IN_ROOT = 0x10n;
const SYS_openat2 = 437;
const SIZE_OF_HOW = 24;

export interface ResolveOptions {
  /** Whether a link that is the last component is followed too; true unless said. */
  readonly followLast?: boolean;
}

/**
 * The caller's path of `path` inside `root`, with all symbolic links followed.
 *
 * What does not exist is taken as it is written, and `..` goes back over it.
 * Throws  SymlinkLoopError, and what lstat(2) says of components that cannot be looked at.
 */
export function resolveInsideRoot(
  root: string,
  path: string,
  {followLast = true}: ResolveOptions = {},
): string {
  const base = root === '/' ? '' : root.replace(/\/+$/, '');
  const ahead = components(path).reverse();
  const done: string[] = [];
  let links = 0;
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '..') {
      done.pop();
      continue;
    }
    done.push(name);
    const isLast = ahead.length === 0;
    const link = isLast && !followLast ? undefined : readLink(`${base}/${done.join('/')}`);
    if (link === undefined) continue;
    if (++links > LINKS_MAX) throw new SymlinkLoopError(root, path);
    done.pop();
    if (link.startsWith('/')) done.length = 0;
    ahead.push(...components(link).reverse());
  }
  return `${base}/${done.join('/')}`;
}

const components = (path: string): string[] =>
  path.split('/').filter((name) => name !== '' && name !== '.');

/** Undefined for what is no link, or is not there. */
function readLink(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const openat2 = systemCall(SYS_openat2, ['int', 'const char *', 'const void *', 'size_t']);

/**
 * Opens a path of `root`; flags are of open(2), O_CLOEXEC is added, `mode` counts with O_CREAT.
 *
 * Throws  SystemCallError with errno ENOENT, ELOOP … as open(2) would inside. The caller closes the descriptor.
 */
export function openInsideRoot(
  root: string,
  path: string,
  {flags, mode = 0}: {flags: number; mode?: number},
): number {
  const folder = openSync(root, fs.O_RDONLY | fs.O_DIRECTORY);
  try {
    const how = Buffer.alloc(SIZE_OF_HOW);
    how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0);
    how.writeBigUInt64LE(BigInt(mode), 8);
    how.writeBigUInt64LE(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, 16);
    const inside = path === '' ? '/' : path;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const fd = openat2(folder, inside, how, SIZE_OF_HOW);
      if (fd >= 0) return fd;
      const errno = lastErrno();
      // EPERM comes from system call filters older than openat2.
      if (errno === ENOSYS || errno === EPERM) return openByWalking(root, inside, {flags, mode});
      if (errno === ELOOP && (flags & fs.O_NOFOLLOW) === 0) throw new SymlinkLoopError(root, path);
      // A rename meanwhile: the kernel could not tell whether ".." stayed inside.
      if (errno !== EAGAIN) throw failure(root, path, errno);
    }
    throw failure(root, path, EAGAIN);
  } finally {
    closeSync(folder);
  }
}

const O_CLOEXEC = 0o2000000;

const failure = (root: string, path: string, errno: number): SystemCallError =>
  new SystemCallError({syscall: 'openat2', arguments: [root, path], errno});

/** For kernels before 5.6. */
function openByWalking(root: string, path: string, how: {flags: number; mode: number}): number {
  const followLast = (how.flags & fs.O_NOFOLLOW) === 0;
  const resolved = resolveInsideRoot(root, path, {followLast});
  try {
    return openSync(resolved, how.flags | fs.O_NOFOLLOW, how.mode);
  } catch (error) {
    throw failure(root, path, -((error as NodeJS.ErrnoException).errno ?? 0));
  }
}
