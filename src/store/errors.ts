import {TsbuildError} from '../base/error.js';
import type {Digest} from '../oci/digest.js';

/** The store is in use by others, and the caller would not wait. */
export class StoreBusyError extends TsbuildError {
  readonly code = 'E_STORE_BUSY';

  constructor(root: string) {
    super(`store in use: want ${root} alone, got other builds or containers using it`, {
      hint: 'Wait until they end, then try again.',
    });
  }
}

/** A folder that is no store and cannot become one. */
export class StoreUnusableError extends TsbuildError {
  readonly code = 'E_STORE_UNUSABLE';

  constructor(root: string, problem: string, cause?: unknown) {
    super(`cannot use store ${root}: ${problem}`, {
      cause,
      hint: 'Set TSBUILD_ROOT to a folder that you may write to.',
    });
  }
}

/** Nothing here by that name or id. */
export class ImageNotFoundError extends TsbuildError {
  readonly code = 'E_IMAGE_NOT_FOUND';
  readonly reference: string;

  constructor(reference: string) {
    super(`no such image: ${reference}`, {hint: 'List what there is with "tsbuild image list".'});
    this.reference = reference;
  }
}

/** An id so short that several images start with it. */
export class AmbiguousImageError extends TsbuildError {
  readonly code = 'E_AMBIGUOUS_IMAGE';
  readonly candidates: readonly Digest[];

  constructor(text: string, candidates: readonly Digest[]) {
    super(`ambiguous image id: want one image, got ${candidates.length} that start with ${text}`, {
      hint: 'Give more digits of the id.',
    });
    this.candidates = candidates;
  }
}

/** No room for what is being stored. Nothing of it is kept; all that was there is whole. */
export class StoreFullError extends TsbuildError {
  readonly code = 'E_STORE_FULL';

  /** `wanted` is what there was no room for. */
  constructor(wanted: string, cause: unknown) {
    super(`no space left on device: want room for ${wanted}`, {
      cause,
      hint: 'Free some with `tsbuild cache prune` or `tsbuild image prune`.',
    });
  }
}

/** A cache mount that a step uses is not replaced. */
export class CacheMountInUseError extends TsbuildError {
  readonly code = 'E_CACHE_MOUNT_IN_USE';

  constructor(id: string) {
    super(`cache mount ${id} is in use by a step`, {hint: 'Wait until the build ends.'});
  }
}

/** No cache mount has this id. */
export class NoSuchCacheMountError extends TsbuildError {
  readonly code = 'E_NO_SUCH_CACHE_MOUNT';

  constructor(id: string) {
    super(`no such cache mount: ${id}`, {hint: 'List them with `tsbuild cache mounts ls`.'});
  }
}
