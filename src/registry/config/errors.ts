import {TsbuildError} from '../../base/error.js';

export interface FilePlace {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** A configuration file that is not what its reader takes. */
export class ConfigFileError extends TsbuildError {
  readonly code = 'E_CONFIG_FILE';
  readonly place: FilePlace;

  constructor(place: FilePlace, problem: string) {
    super(`${place.path}:${place.line}:${place.column}: ${problem}`, {
      hint: 'Mend the file, or name another with --daemon-json.',
    });
    this.place = place;
  }
}

/** A configuration file that is there, or was named, and cannot be read. */
export class UnreadableConfigError extends TsbuildError {
  readonly code = 'E_UNREADABLE_CONFIG';

  constructor(path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : 'unknown';
    super(`cannot read configuration ${path}: ${reason}`, {
      hint: 'Check the path and its permissions.',
    });
  }
}

/** A folder of certificates that misses the other half of a pair, or holds something else by their names. */
export class CertificateFolderError extends TsbuildError {
  readonly code = 'E_CERTIFICATE_FOLDER';

  constructor(path: string, problem: string, cause?: unknown) {
    super(`certificate ${path}: ${problem}`, {
      cause,
      hint: 'Authorities have names that end in .crt, client certificates in .cert with a .key of the same name.',
    });
  }
}

/** A program that keeps credentials, named in config.json, that cannot be asked. */
export class CredentialHelperError extends TsbuildError {
  readonly code = 'E_CREDENTIAL_HELPER';

  constructor(program: string, action: string, problem: string) {
    super(`${program} ${action}: ${problem}`, {
      hint: `Install ${program}, or take its name out of credsStore and credHelpers in config.json.`,
    });
  }
}
