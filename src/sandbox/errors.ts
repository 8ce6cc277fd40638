import {TsbuildError} from '../base/error.js';

/** An option of a run that no container engine would take. */
export class InvalidRunOptionError extends TsbuildError {
  readonly code = 'E_INVALID_RUN_OPTION';

  constructor(option: string, problem: string, hint?: string) {
    super(`invalid ${option}: ${problem}`, hint === undefined ? {} : {hint});
  }
}

/** Neither the image nor the caller says what to run. */
export class NoCommandError extends TsbuildError {
  readonly code = 'E_NO_COMMAND';

  constructor() {
    super('no command: the image has neither entrypoint nor cmd, and none was given', {
      hint: 'Name the command after the image.',
    });
  }
}

/** A user or group name that the rootfs does not know, or an id out of range. */
export class UnknownAccountError extends TsbuildError {
  readonly code = 'E_UNKNOWN_ACCOUNT';

  constructor(wanted: string, problem: string) {
    super(`cannot use account ${JSON.stringify(wanted)}: ${problem}`, {
      hint: 'Create it in an earlier step, or give numbers as uid:gid.',
    });
  }
}

/** /etc/passwd or /etc/group of a rootfs is not a regular file of sane size. */
export class AccountFileError extends TsbuildError {
  readonly code = 'E_ACCOUNT_FILE';

  constructor(path: string, problem: string, cause?: unknown) {
    super(`cannot read ${path} of the image: ${problem}`, {cause});
  }
}

/** An id that this machine's user namespace does not map. */
export class UnmappedAccountError extends TsbuildError {
  readonly code = 'E_UNMAPPED_ACCOUNT';

  constructor(kind: 'uid' | 'gid', id: number) {
    super(`${kind} ${id} is not mapped in this user namespace`, {
      hint: 'Install uidmap and give yourself a range of ids: tsbuild doctor prints the command.',
    });
  }
}

/** The sandbox was not set up: the step in words, and what the kernel answered. Exit code 125. */
export class SandboxSetupError extends TsbuildError {
  readonly code = 'E_SANDBOX_SETUP';
  readonly exitCode = 125;
  readonly errno: number;

  constructor(step: string, failure: {errno: number; name: string}, hint?: string) {
    super(`cannot set up the sandbox: ${step}: ${failure.name}`, hint === undefined ? {} : {hint});
    this.errno = failure.errno;
  }
}

/** No such program in the rootfs. Exit code 127, as a shell's. */
export class CommandNotFoundError extends TsbuildError {
  readonly code = 'E_COMMAND_NOT_FOUND';
  readonly exitCode = 127;

  constructor(command: string) {
    super(
      `cannot run ${JSON.stringify(command)}: no such file in the image, or its interpreter is missing`,
      {
        hint: 'Check the name and PATH; the shell form needs a shell in the image.',
      },
    );
  }
}

/** The program exists and cannot be executed. Exit code 126, as a shell's. */
export class CommandNotExecutableError extends TsbuildError {
  readonly code = 'E_COMMAND_NOT_EXECUTABLE';
  readonly exitCode = 126;

  constructor(command: string, failure: string) {
    super(`cannot run ${JSON.stringify(command)}: ${failure}`, {
      hint: 'Check its mode, its #! line, and that it is built for this platform.',
    });
  }
}

/** A seccomp profile that cannot be used. */
export class SeccompProfileError extends TsbuildError {
  readonly code = 'E_SECCOMP_PROFILE';

  constructor(source: string, problem: string, cause?: unknown) {
    super(`invalid seccomp profile ${source}: ${problem}`, {
      cause,
      hint: 'Give a profile in docker or OCI runtime-spec JSON, or seccomp=unconfined.',
    });
  }
}

/** A mount target that cannot be made to exist in the rootfs. */
export class MountPointError extends TsbuildError {
  readonly code = 'E_MOUNT_POINT';

  constructor(target: string, problem: string, cause?: unknown) {
    super(`cannot mount on ${target}: ${problem}`, {cause});
  }
}

/** The program named with --runtime could not do its part. Exit code 125. */
export class OCIRuntimeError extends TsbuildError {
  readonly code = 'E_OCI_RUNTIME';
  readonly exitCode = 125;

  constructor(runtime: string, problem: string, cause?: unknown) {
    super(`${runtime} failed: ${problem}`, {cause});
  }
}

/** The file of --ca-cert. */
export class InvalidCertificateError extends TsbuildError {
  readonly code = 'E_INVALID_CERTIFICATE';

  constructor(path: string, problem: string, cause?: unknown) {
    super(`cannot use ${path} as certificate authority: ${problem}`, {
      cause,
      hint: 'Give a file with certificates in PEM form.',
    });
  }
}
