import {TsbuildError} from '../base/error.js';

/** A text where a digest belongs. */
export class InvalidDigestError extends TsbuildError {
  readonly code = 'E_INVALID_DIGEST';

  constructor(got: string) {
    super(`invalid digest: want sha256 and 64 hexadecimal digits, got ${JSON.stringify(got)}`);
  }
}
