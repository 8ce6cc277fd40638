/**
 * Lines of /etc/passwd and /etc/group of a rootfs: read inside it, whatever its symlinks say, and at most 4 MiB.
 *
 * Source  passwd(5), group(5). Lines that are not of the form are skipped, as getpwent(3) does.
 */
import {closeSync, constants, fstatSync, readSync} from 'node:fs';
import {SystemCallError} from '../linux/errors.js';
import {openInsideRoot} from '../linux/inside-root.js';
import {AccountFileError} from './errors.js';

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

const LIMIT = 4 * 1024 * 1024;

const isID = (text: string | undefined): text is string =>
  text !== undefined && /^\d{1,10}$/.test(text);

export function readPasswd(rootfs: string): PasswdEntry[] {
  return lines(rootfs, '/etc/passwd').flatMap((line) => {
    const [name = '', , uid, gid, , home = ''] = line.split(':');
    return isID(uid) && isID(gid) ? [{name, uid: Number(uid), gid: Number(gid), home}] : [];
  });
}

export function readGroups(rootfs: string): GroupEntry[] {
  return lines(rootfs, '/etc/group').flatMap((line) => {
    const [name = '', , gid, members = ''] = line.split(':');
    if (!isID(gid)) return [];
    return [{name, gid: Number(gid), members: members.split(',').filter((one) => one !== '')}];
  });
}

/** An absent file has no lines. */
function lines(rootfs: string, path: string): string[] {
  const text = readBounded(rootfs, path);
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Never waits on a pipe or device that the image has in the file's place. */
function readBounded(rootfs: string, path: string): string {
  const fd = openOrAbsent(rootfs, path);
  if (fd === undefined) return '';
  try {
    const status = fstatSync(fd);
    if (!status.isFile()) throw new AccountFileError(path, 'it is not a regular file');
    if (status.size > LIMIT) {
      throw new AccountFileError(path, `want at most ${LIMIT} bytes, got ${status.size}`);
    }
    const bytes = Buffer.alloc(status.size);
    const length = readSync(fd, bytes, 0, status.size, 0);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(fd);
  }
}

function openOrAbsent(rootfs: string, path: string): number | undefined {
  try {
    return openInsideRoot(rootfs, path, {flags: constants.O_RDONLY | constants.O_NONBLOCK});
  } catch (cause) {
    const absent = cause instanceof SystemCallError && ['ENOENT', 'ENOTDIR'].includes(cause.errno);
    if (absent) return undefined;
    throw new AccountFileError(path, 'it cannot be opened', cause);
  }
}
