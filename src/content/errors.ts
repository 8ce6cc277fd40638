import {TsbuildError} from '../base/error.js';
import type {Digest} from '../oci/digest.js';

/** Bytes arrived whole but are not the ones asked for: corruption, or a lying registry. */
export class DigestMismatchError extends TsbuildError {
  readonly code = 'E_DIGEST_MISMATCH';
  readonly want: Digest;
  readonly got: Digest;

  constructor(want: Digest, got: Digest) {
    super(`digest mismatch: want ${want}, got ${got}`, {hint: 'Pull the image again.'});
    this.want = want;
    this.got = got;
  }
}

/** Fewer bytes than promised, or more; reading stopped at once when there were more. */
export class SizeMismatchError extends TsbuildError {
  readonly code = 'E_SIZE_MISMATCH';
  readonly want: number;
  readonly got: number;

  constructor(digest: Digest, want: number, got: number) {
    super(`size mismatch of ${digest}: want ${want} bytes, got ${got > want ? 'more' : got}`, {
      hint: 'Pull the image again.',
    });
    this.want = want;
    this.got = got;
  }
}

/** A place has no such content. */
export class ContentNotFoundError extends TsbuildError {
  readonly code = 'E_CONTENT_NOT_FOUND';
  readonly digest: Digest;

  constructor(digest: Digest, place: string, cause?: unknown) {
    super(`content not found: want ${digest} in ${place}`, {
      cause,
      hint: 'Pull or build the image again.',
    });
    this.digest = digest;
  }
}

/** A document larger than any honest one. */
export class ContentTooLargeError extends TsbuildError {
  readonly code = 'E_CONTENT_TOO_LARGE';

  constructor(digest: Digest, limit: number, got: number) {
    super(`content too large: want at most ${limit} bytes of ${digest}, got ${got}`);
  }
}

/** Indexes inside indexes without end. */
export class NestedTooDeepError extends TsbuildError {
  readonly code = 'E_NESTED_TOO_DEEP';

  constructor(digest: Digest, limit: number) {
    super(`image index nested too deep: want at most ${limit} levels, got more at ${digest}`);
  }
}
