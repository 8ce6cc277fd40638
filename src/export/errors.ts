import {TsbuildError} from '../base/error.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';

/** An image whose layers are neither stored nor unpacked. */
export class LayerMissingError extends TsbuildError {
  readonly code = 'E_LAYER_MISSING';
  readonly digest: Digest;

  constructor(digest: Digest) {
    super(`layer not found: want ${digest}, got neither a blob nor a snapshot`, {
      hint: 'Build or pull the image again.',
    });
    this.digest = digest;
  }
}

/** The files of a snapshot are not those that its layer was made of. */
export class DamagedSnapshotError extends TsbuildError {
  readonly code = 'E_SNAPSHOT_DAMAGED';

  constructor(id: string, digest: Digest, cause: unknown) {
    super(`snapshot ${id} is damaged: want files that give layer ${digest}, got others`, {
      cause,
      hint: 'Run `tsbuild cache verify`, which removes it, then build again.',
    });
  }
}

/** An archive that is no image, or one that lies about itself. */
export class BadArchiveError extends TsbuildError {
  readonly code = 'E_BAD_ARCHIVE';

  constructor(problem: string, cause?: unknown) {
    super(`not an image archive: ${problem}`, {
      cause,
      hint: 'Load what "tsbuild save", "docker save" or an OCI tool wrote.',
    });
  }
}

/** An archive or a reference with anything but cache mounts. */
export class NotCacheMountsError extends TsbuildError {
  readonly code = 'E_NOT_CACHE_MOUNTS';

  constructor(got: string) {
    super(`not cache mounts: want one layer of each, got ${JSON.stringify(got.slice(0, 200))}`, {
      hint: 'Import what "tsbuild cache mounts export" wrote.',
    });
  }
}

/** A layer in an archive is not the one its config names. */
export class DiffIDMismatchError extends TsbuildError {
  readonly code = 'E_DIFF_ID_MISMATCH';
  readonly want: Digest;
  readonly got: Digest;

  constructor(want: Digest, got: Digest) {
    super(`layer mismatch: want diffID ${want}, got ${got}`, {hint: 'Save the image again.'});
    this.want = want;
    this.got = got;
  }
}

/** A `--change` that is no instruction, or none that changes a config. */
export class BadChangeError extends TsbuildError {
  readonly code = 'E_BAD_CHANGE';

  constructor(change: string, cause?: unknown) {
    super(`cannot apply change: got ${JSON.stringify(change.slice(0, 200))}`, {
      cause,
      hint: 'Use CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR.',
    });
  }
}

/** A layer is packed in another way than its media type says. */
export class MediaTypeMismatchError extends TsbuildError {
  readonly code = 'E_MEDIA_TYPE_MISMATCH';

  constructor({digest, mediaType}: Descriptor, got: string) {
    super(`layer mismatch: want ${digest} packed as ${mediaType}, got ${got}`);
  }
}

/** An output that cannot be written where it was asked for. */
export class OutputPlaceError extends TsbuildError {
  readonly code = 'E_OUTPUT_PLACE';

  constructor(
    destination: string,
    problem: string,
    {hint, cause}: {hint?: string; cause?: unknown} = {},
  ) {
    super(`cannot write the output to ${JSON.stringify(destination)}: ${problem}`, {
      cause,
      ...(hint === undefined ? {} : {hint}),
    });
  }
}
