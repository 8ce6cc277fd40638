/** Certificates of the server, from PEM files. */
import {readFileSync} from 'node:fs';
import {createSecureContext, type SecureContextOptions} from 'node:tls';
import {CertificateError} from './errors.js';

export interface TLSFiles {
  /** The server's certificate, and those that lead from it to a root. */
  readonly cert: string;
  readonly key: string;
  /** Whose certificates clients must show; they need none without it. */
  readonly clientCA?: string;
}

/** Throws CertificateError when the files do not go together. */
export function readTLSFiles({cert, key, clientCA}: TLSFiles): SecureContextOptions {
  try {
    const files = {
      cert: readFileSync(cert),
      key: readFileSync(key),
      ...(clientCA === undefined ? {} : {ca: readFileSync(clientCA)}),
    };
    createSecureContext(files);
    return files;
  } catch (cause) {
    throw new CertificateError(cert, cause instanceof Error ? cause.message : 'unknown', cause);
  }
}
