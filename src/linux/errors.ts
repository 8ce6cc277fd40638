import {TsbuildError} from '../base/error.js';
import {errnoName} from './errno.js';

const shown = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);

/** The kernel refused. `errno` is its name (`EPERM`); `arguments` are those that tell what was wanted. */
export class SystemCallError extends TsbuildError {
  readonly code: `E_${string}` = 'E_SYSCALL';
  readonly syscall: string;
  readonly arguments: readonly unknown[];
  readonly errno: string;

  constructor(
    call: {syscall: string; arguments: readonly unknown[]; errno: number},
    options: {hint?: string; detail?: string} = {},
  ) {
    const errno = errnoName(call.errno);
    const detail = options.detail === undefined ? '' : ` (${options.detail})`;
    super(
      `${call.syscall}(${call.arguments.map(shown).join(', ')}) failed: ${errno}${detail}`,
      options.hint === undefined ? {} : {hint: options.hint},
    );
    this.syscall = call.syscall;
    this.arguments = call.arguments;
    this.errno = errno;
  }
}

/** An overlay of these directories cannot be mounted. `detail` is the kernel's own complaint, where it tells one. */
export class OverlayMountError extends SystemCallError {
  override readonly code = 'E_OVERLAY_MOUNT';
}

/** More lower directories than one overlay can have here. */
export class OverlayDepthError extends TsbuildError {
  readonly code = 'E_OVERLAY_DEPTH';
  readonly depth: number;
  readonly limit: number;

  constructor(depth: number, limit: number) {
    super(`an overlay of ${depth} layers: this kernel takes ${limit}`, {
      hint: 'Merge layers in the base image, or build on Linux 6.5 or newer, where the limit is 500.',
    });
    this.depth = depth;
    this.limit = limit;
  }
}

/** Following the path inside its root met more symbolic links than the kernel would follow. */
export class SymlinkLoopError extends TsbuildError {
  readonly code = 'E_SYMLINK_LOOP';
  readonly root: string;
  readonly path: string;

  constructor(root: string, path: string) {
    super(`too many symbolic links in ${path} inside ${root}`);
    this.root = root;
    this.path = path;
  }
}

/** A path with a NUL byte names nothing. */
export class InvalidPathError extends TsbuildError {
  readonly code = 'E_INVALID_PATH';
  readonly path: string;

  constructor(path: string) {
    super(`not a path: ${JSON.stringify(path)}`);
    this.path = path;
  }
}

/** A plan that cannot be written down; `where` names the member. */
export class InvalidPlanError extends TsbuildError {
  readonly code = 'E_INVALID_PLAN';
  readonly where: string;

  constructor(where: string, got: unknown) {
    super(`plan cannot hold ${where}: ${String(got)}`);
    this.where = where;
  }
}

/** The launcher's executable is not where it should be, or cannot be started. */
export class LauncherError extends TsbuildError {
  readonly code = 'E_LAUNCHER';
  readonly path: string;

  constructor(path: string, cause?: unknown) {
    super(`cannot start the launcher ${path}`, {
      cause,
      hint: 'Install a C compiler (cc) and reinstall tsbuild: the launcher is compiled then.',
    });
    this.path = path;
  }
}
