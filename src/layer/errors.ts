import {TsbuildError} from '../base/error.js';
import type {Digest} from '../oci/digest.js';

/** A layer entry that would reach outside the root, or whose name means nothing. */
export class UnsafeEntryError extends TsbuildError {
  readonly code = 'E_UNSAFE_ENTRY';
  readonly entry: string;

  constructor(entry: string, problem: string) {
    super(`unsafe layer entry ${JSON.stringify(entry)}: ${problem}`);
    this.entry = entry;
  }
}

/** An entry below something that is not a directory. */
export class NotADirectoryError extends TsbuildError {
  readonly code = 'E_NOT_A_DIRECTORY';

  constructor(path: string, got: string) {
    super(`want a directory at ${JSON.stringify(path)}, got a ${got}`);
  }
}

/** A file where a directory stands, which a copy does not replace. */
export class IsADirectoryError extends TsbuildError {
  readonly code = 'E_IS_A_DIRECTORY';

  constructor(path: string) {
    super(`cannot replace directory ${JSON.stringify(path)} with a file`);
  }
}

/** A hard link whose target is not there. */
export class LinkTargetError extends TsbuildError {
  readonly code = 'E_LINK_TARGET';

  constructor(name: string, target: string) {
    super(`hard link ${JSON.stringify(name)} to ${JSON.stringify(target)}, which is not there`);
  }
}

/** A layer whose bytes are not the ones promised. */
export class LayerDigestError extends TsbuildError {
  readonly code = 'E_LAYER_DIGEST';
  readonly want: Digest;
  readonly got: Digest;

  constructor(what: string, want: Digest, got: Digest) {
    super(`${what} mismatch: want ${want}, got ${got}`, {hint: 'Pull the image again.'});
    this.want = want;
    this.got = got;
  }
}

/** A layer of another length than promised. */
export class LayerSizeError extends TsbuildError {
  readonly code = 'E_LAYER_SIZE';

  constructor(want: number, got: number) {
    super(`layer size mismatch: want ${want} bytes, got ${got}`, {hint: 'Pull the image again.'});
  }
}

/** A file whose name says "deleted" in a layer. */
export class ReservedNameError extends TsbuildError {
  readonly code = 'E_RESERVED_NAME';

  constructor(path: string) {
    super(`a layer cannot hold a file named ${JSON.stringify(path)}: .wh. marks a deletion`, {
      hint: 'Remove or rename the file in the same step.',
    });
  }
}

/** A file that grew or shrank while it was read. */
export class FileChangedError extends TsbuildError {
  readonly code = 'E_FILE_CHANGED';

  constructor(path: string, want: number, got: number) {
    super(`${JSON.stringify(path)} changed while it was read: want ${want} bytes, got ${got}`, {
      hint: 'Run the build again when nothing writes to its files.',
    });
  }
}

/** A COPY names a file that is not there. */
export class SourceMissingError extends TsbuildError {
  readonly code = 'E_SOURCE_MISSING';
  readonly source: string;

  constructor(source: string, hint: string | undefined) {
    super(`${JSON.stringify(source)} not found`, hint === undefined ? {} : {hint});
    this.source = source;
  }
}

/** A pattern that cannot be read: `[` without `]`, a final backslash. */
export class BadPatternError extends TsbuildError {
  readonly code = 'E_BAD_PATTERN';
  /** From 0, in the list given; -1 for a pattern that stands alone. */
  readonly index: number;

  constructor(pattern: string, index: number) {
    super(`syntax error in pattern ${JSON.stringify(pattern)}`);
    this.index = index;
  }
}

/** Several sources, or one that may be several, into what is not a directory. */
export class DestinationNotDirectoryError extends TsbuildError {
  readonly code = 'E_DESTINATION_NOT_DIRECTORY';

  constructor(destination: string) {
    super(`several sources need a directory as destination, got ${JSON.stringify(destination)}`, {
      hint: 'End the destination with /.',
    });
  }
}

/** A permission text that is neither octal nor like `u=rwX,go=rX`. */
export class BadModeError extends TsbuildError {
  readonly code = 'E_BAD_MODE';

  constructor(text: string) {
    super(`want permissions like 0755 or u=rwX,go=rX, got ${JSON.stringify(text)}`);
  }
}

/** The overlay whiteout, or another node, that this place does not allow. */
export class NodeRefusedError extends TsbuildError {
  readonly code = 'E_NODE_REFUSED';

  constructor(path: string, cause: unknown) {
    super(`cannot make the device or whiteout ${JSON.stringify(path)}`, {cause});
  }
}

/** The kernel refused a file of a layer: no space, a name too long. */
export class EntryFailedError extends TsbuildError {
  readonly code = 'E_ENTRY_FAILED';
  readonly entry: string;

  constructor(entry: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`cannot write ${JSON.stringify(entry)}: ${reason}`, {cause});
    this.entry = entry;
  }
}
