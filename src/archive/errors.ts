import {TsbuildError} from '../base/error.js';

/** Bytes that are not a tar archive, or break its rules. */
export class TarFormatError extends TsbuildError {
  readonly code = 'E_TAR_FORMAT';
  /** Bytes from the start of the archive to the header at fault. */
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(`invalid tar at byte ${offset}: ${problem}`);
    this.offset = offset;
  }
}

/** The archive stops inside an entry. */
export class TarTruncatedError extends TsbuildError {
  readonly code = 'E_TAR_TRUNCATED';

  constructor(offset: number, missing: number) {
    super(`truncated tar: ${missing} more bytes wanted at byte ${offset}`, {
      hint: 'Fetch the archive again.',
    });
  }
}

/** A header asks for more than any honest archive does: a name, an extended header or a sparse map without end. */
export class TarLimitError extends TsbuildError {
  readonly code = 'E_TAR_LIMIT';

  constructor(what: string, limit: number, got: number) {
    super(`tar ${what} too large: at most ${limit}, got ${got}`);
  }
}

/** A header that cannot be written: a value outside what tar can say. */
export class TarValueError extends TsbuildError {
  readonly code = 'E_TAR_VALUE';

  constructor(field: string, value: number) {
    super(`tar cannot hold ${field} ${value}`);
  }
}

/** Compressed bytes that do not decompress. */
export class CompressionError extends TsbuildError {
  readonly code = 'E_COMPRESSION';

  constructor(format: string, problem: string, cause?: unknown) {
    super(`invalid ${format} data: ${problem}`, {cause});
  }
}

/** The data is, or is to be, in a format that neither this Node nor an installed program knows. */
export class DecompressorMissingError extends TsbuildError {
  readonly code = 'E_DECOMPRESSOR_MISSING';

  constructor(format: string, program: string) {
    super(`${format} data needs the program ${program}, which is not installed`, {
      hint: `Install ${program}.`,
    });
  }
}
