import {TsbuildError} from '../base/error.js';
import type {Digest} from '../oci/digest.js';

/** Two stacks whose ids, 16 digits of their chainIDs, are equal by chance or by design. */
export class SnapshotCollisionError extends TsbuildError {
  readonly code = 'E_SNAPSHOT_COLLISION';

  constructor(id: string, want: Digest) {
    super(`snapshot collision: want ${want} as ${id}, got another stack there`, {
      hint: 'Remove the images that use it, then run `tsbuild image prune`.',
    });
  }
}

/** A snapshot that others stand on is not there. */
export class SnapshotNotFoundError extends TsbuildError {
  readonly code = 'E_SNAPSHOT_NOT_FOUND';

  constructor(id: string) {
    super(`snapshot not found: want ${id}, got nothing that can be trusted`, {
      hint: 'Build or pull the image again.',
    });
  }
}

/** Files of a snapshot were written to since its layer was made. A build makes it again, unless somebody uses it. */
export class AlteredSnapshotError extends TsbuildError {
  readonly code = 'E_SNAPSHOT_ALTERED';
  readonly ids: readonly string[];

  constructor(ids: readonly string[]) {
    super(`snapshot ${ids.join(', ')} is damaged: its files are not those that were made`, {
      hint: 'Run `tsbuild cache verify` when no other build or container uses it, then build again.',
    });
    this.ids = ids;
  }
}
