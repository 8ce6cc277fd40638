import {TsbuildError} from '../base/error.js';
import {OfflineError} from '../http/errors.js';
import {redacted} from './redacted.js';

/** An address of a git repository that cannot be understood. */
export class GitSourceError extends TsbuildError {
  readonly code = 'E_GIT_SOURCE';

  constructor(source: string, problem: string) {
    super(`git source ${JSON.stringify(redacted(source))}: ${redacted(problem)}`, {
      hint: 'Write https://HOST/PATH.git#REF:DIRECTORY, or git@HOST:PATH#REF.',
    });
  }
}

/** The program git is not installed. */
export class GitMissingError extends TsbuildError {
  readonly code = 'E_GIT_MISSING';

  constructor(cause: unknown) {
    super('the program git is not there', {cause, hint: 'Install git.'});
  }
}

/** git refused; the message is its own. */
export class GitError extends TsbuildError {
  readonly code = 'E_GIT';

  constructor(action: string, said: string, hint?: string) {
    super(`git ${action}: ${said}`, hint === undefined ? {} : {hint});
  }
}

/** A repository has no such branch, tag, commit or directory. */
export class GitRefError extends TsbuildError {
  readonly code = 'E_GIT_REF';

  constructor(remote: string, wanted: string) {
    super(`repository ${remote} has no ${wanted}`, {
      hint: 'Name a branch, a tag or a whole commit id that is there.',
    });
  }
}

/** A ref leads to another commit than the one promised. */
export class GitChecksumError extends TsbuildError {
  readonly code = 'E_GIT_CHECKSUM';

  constructor(ref: string, {want, got}: {want: string; got: string}) {
    super(`expected checksum to match ${want}, got ${got} for ${ref}`, {
      hint: 'The ref was moved: look at what changed, then write the new commit.',
    });
  }
}

/** A file that was another one when it was asked for the second time. */
export class RemoteChangedError extends TsbuildError {
  readonly code = 'E_REMOTE_CHANGED';

  constructor(url: string, {want, got}: {want: string; got: string}) {
    super(`${redacted(url)} changed while it was read: want ${want}, got ${got}`, {
      hint: 'Build again.',
    });
  }
}

export const offlineError = (address: string): OfflineError =>
  new OfflineError(
    redacted(address),
    'Build without --offline once; from then on what is written with its sha256 or commit is taken from what is kept.',
  );
