import {TsbuildError} from '../base/error.js';

/** Another server keeps its images there. */
export class RegistryInUseError extends TsbuildError {
  readonly code = 'E_REGISTRY_IN_USE';

  constructor(root: string) {
    super(`registry in use: want ${root} alone, got another server that serves it`, {
      hint: 'Stop that server, or choose another directory with --data.',
    });
  }
}

/** A folder that holds something else, or cannot be written to. */
export class RegistryUnusableError extends TsbuildError {
  readonly code = 'E_REGISTRY_UNUSABLE';

  constructor(root: string, problem: string, cause?: unknown) {
    super(`cannot keep a registry in ${root}: ${problem}`, {
      cause,
      hint: 'Choose another directory with --data.',
    });
  }
}
