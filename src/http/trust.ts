/** Whom a host's certificate is checked against, and with what this side shows who it is. */
import {readFileSync} from 'node:fs';
import {rootCertificates} from 'node:tls';

export interface Trust {
  /** False: any certificate will do, also none that fits the name. */
  readonly verify: boolean;
  /** PEM, each on top of `systemRoots`. */
  readonly authorities?: readonly string[];
  /** PEM; the first that the server accepts is shown. */
  readonly identities?: readonly {readonly cert: string; readonly key: string}[];
}

export const VERIFIED: Trust = {verify: true};
export const UNVERIFIED: Trust = {verify: false};

const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * PEM of all authorities this machine believes. Node brings its own and reads the machine's bundle only when started so.
 * `bundle` is SSL_CERT_FILE's, in place of the machine's; `extra` NODE_EXTRA_CA_CERTS'. Files that are not there count as empty.
 */
export function systemRoots({
  bundle,
  extra,
}: {
  bundle?: string | undefined;
  extra?: string | undefined;
}): readonly string[] {
  const places = bundle === undefined ? BUNDLES : [bundle];
  const found = places.map(contentOf).find((text) => text !== '');
  const added = extra === undefined ? '' : contentOf(extra);
  return [...rootCertificates, found ?? '', added].filter((pem) => pem !== '');
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
