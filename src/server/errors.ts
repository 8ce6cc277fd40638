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

/** A file of users and passwords that cannot be used. */
export class HtpasswdError extends TsbuildError {
  readonly code = 'E_HTPASSWD';

  constructor(place: string, problem: string, cause?: unknown) {
    super(`cannot use ${place}: ${problem}`, {
      cause,
      hint: 'Write it with "htpasswd -B FILE USER".',
    });
  }
}

/** A file of public keys that cannot be used. */
export class TokenKeysError extends TsbuildError {
  readonly code = 'E_TOKEN_KEYS';

  constructor(path: string, problem: string, cause?: unknown) {
    super(`cannot use the keys in ${path}: ${problem}`, {
      cause,
      hint: 'Give a JSON Web Key Set, or PEM public keys or certificates.',
    });
  }
}

/** The server's certificate or key cannot be used. */
export class CertificateError extends TsbuildError {
  readonly code = 'E_CERTIFICATE';

  constructor(path: string, problem: string, cause?: unknown) {
    super(`cannot serve TLS with ${path}: ${problem}`, {
      cause,
      hint: 'Give a certificate and the key it was made for, as PEM files.',
    });
  }
}

/** A fault that cannot be read. */
export class InvalidFaultError extends TsbuildError {
  readonly code = 'E_INVALID_FAULT';

  constructor(fault: string, problem: string) {
    super(`invalid fault ${JSON.stringify(fault)}: ${problem}`, {
      hint: 'Write it like "GET blobs: cut 100kB, 2 times" or "manifests: 429, retry after 1".',
    });
  }
}
