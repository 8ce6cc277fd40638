/**
 * The mount API of Linux 5.2: a file system is configured parameter by parameter, so values need no escaping and no
 * option page limits them, and the kernel says in words what it dislikes.
 *
 * Source  fsopen(2), fsconfig(2), fsmount(2), move_mount(2).
 */
import {closeSync, readSync} from 'node:fs';
import {SystemCallError} from './errors.js';
import {lastErrno, systemCall} from './libc.js';

const CLOEXEC = 1;
const SET_FLAG = 0;
const SET_STRING = 1;
const CMD_CREATE = 6;
const AT_FDCWD = -100;
const MOVE_MOUNT_F_EMPTY_PATH = 4;
const ATTR_RDONLY = 1;

const fsopen = systemCall(430, ['const char *', 'unsigned int']);
const fsconfig = systemCall(431, ['int', 'unsigned int', 'const char *', 'const char *', 'int']);
const fsmount = systemCall(432, ['int', 'unsigned int', 'unsigned int']);
const moveMount = systemCall(429, ['int', 'const char *', 'int', 'const char *', 'unsigned int']);

/** Name and value; a flag has no value. In order: overlayfs stacks `lowerdir+` as they come. */
export type Parameter = readonly [name: string, value?: string];

export interface FilesystemMount {
  readonly type: string;
  readonly parameters: readonly Parameter[];
  readonly target: string;
  readonly readOnly: boolean;
}

/** A refusal: which call, which parameter, errno, and the kernel's words. */
export class ContextRefusal extends SystemCallError {
  readonly parameter: string | undefined;
  readonly errnoNumber: number;

  constructor(
    call: {syscall: string; parameter?: string | undefined; errno: number},
    detail?: string,
  ) {
    super(
      {
        syscall: call.syscall,
        arguments: call.parameter === undefined ? [] : [call.parameter],
        errno: call.errno,
      },
      detail === undefined ? {} : {detail},
    );
    this.parameter = call.parameter;
    this.errnoNumber = call.errno;
  }
}

/** Throws ContextRefusal; ENOSYS where the kernel has no such calls. */
export function mountFilesystem(wanted: FilesystemMount): void {
  const context = fsopen(wanted.type, CLOEXEC);
  if (context < 0) throw new ContextRefusal({syscall: 'fsopen', errno: lastErrno()});
  try {
    for (const [name, value] of wanted.parameters) {
      const command = value === undefined ? SET_FLAG : SET_STRING;
      need(fsconfig(context, command, name, value ?? null, 0), context, 'fsconfig', name);
    }
    need(fsconfig(context, CMD_CREATE, null, null, 0), context, 'fsconfig');
    const attributes = wanted.readOnly ? ATTR_RDONLY : 0;
    const mounted = need(fsmount(context, CLOEXEC, attributes), context, 'fsmount');
    try {
      need(
        moveMount(mounted, '', AT_FDCWD, wanted.target, MOVE_MOUNT_F_EMPTY_PATH),
        context,
        'move_mount',
        wanted.target,
      );
    } finally {
      closeSync(mounted);
    }
  } finally {
    closeSync(context);
  }
}

function need(result: number, ...[context, syscall, parameter]: [number, string, string?]): number {
  if (result >= 0) return result;
  const errno = lastErrno();
  throw new ContextRefusal({syscall, parameter, errno}, complaint(context));
}

/** Reading the context yields lines like `e overlay: upper fs does not support …`, then ENODATA. */
function complaint(context: number): string | undefined {
  const line = Buffer.alloc(1024);
  try {
    const size = readSync(context, line);
    return line.toString('utf8', 2, size).trim();
  } catch {
    return undefined;
  }
}
