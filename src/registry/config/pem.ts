/** Certificates and keys in files. Here the file is known; OpenSSL would ignore what is wrong with it, or fail a connection. */
import {X509Certificate} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {createSecureContext} from 'node:tls';
import {CertificateFolderError, UnreadableConfigError} from './errors.js';

/** Throws CertificateFolderError, UnreadableConfigError. */
export function readAuthority(path: string): string {
  const cert = readConfigText(path);
  check(path, 'a certificate', () => new X509Certificate(cert));
  return cert;
}

/** Throws CertificateFolderError, UnreadableConfigError. */
export function readIdentity(path: string, keyPath: string): {cert: string; key: string} {
  const pair = {cert: readConfigText(path), key: readConfigText(keyPath)};
  check(path, 'a certificate and its key', () => createSecureContext(pair));
  return pair;
}

/** Throws UnreadableConfigError. */
export function readConfigText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UnreadableConfigError(path, error);
  }
}

function check(path: string, want: string, use: () => unknown): void {
  try {
    use();
  } catch (cause) {
    throw new CertificateFolderError(path, `want ${want} in PEM, got something else`, cause);
  }
}
