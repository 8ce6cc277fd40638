/**
 * A company's certificate authority for one process: the file is shown at a fixed path on /dev, a file system of the
 * container's own, and named in the variables that the usual programs read. Nothing of it reaches a layer, the
 * history or a key.
 *
 * The file holds the public authorities that Node knows and then the given ones: most of these variables replace the
 * system's list, and a step that also talks to the public internet shall still be able to.
 */
import {X509Certificate} from 'node:crypto';
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {rootCertificates} from 'node:tls';
import type {Mount} from '../oci/runtime-spec.js';
import {InvalidCertificateError} from './errors.js';
import {readOnlyFile} from './spec/read-only-file.js';

const MAX_BYTES = 4 * 1024 * 1024;

const BUNDLE = '/dev/ca-certificates.crt';
const APT = '/dev/apt-ca.conf';

/** curl, git, openssl, requests, pip, npm, yarn, node, aws, cargo, deno, conda; what takes a file of authorities. */
const VARIABLES: readonly string[] = [
  'SSL_CERT_FILE',
  'CURL_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'REQUESTS_CA_BUNDLE',
  'PIP_CERT',
  'NODE_EXTRA_CA_CERTS',
  'NPM_CONFIG_CAFILE',
  'YARN_HTTPS_CA_FILE_PATH',
  'AWS_CA_BUNDLE',
  'CARGO_HTTP_CAINFO',
  'DENO_CERT',
];

export interface CACertificates {
  readonly mounts: readonly Mount[];
  /** Given to the process where the step sets no value of its own. */
  readonly env: readonly string[];
}

/**
 * Takes   --ca-cert's file, in PEM with one certificate or more; an existing directory to write the bundle in.
 * Throws  InvalidCertificateError.
 */
export function prepareCACertificates(path: string, scratch: string): CACertificates {
  const own = readCertificates(path);
  const bundle = join(scratch, 'ca-certificates.crt');
  writeFileSync(bundle, `${[...rootCertificates, ...own].join('\n')}\n`, {mode: 0o644});
  const apt = join(scratch, 'apt-ca.conf');
  writeFileSync(apt, `Acquire::https::CAInfo "${BUNDLE}";\n`, {mode: 0o644});
  return {
    mounts: [readOnlyFile(BUNDLE, bundle), readOnlyFile(APT, apt)],
    env: [...VARIABLES.map((name) => `${name}=${BUNDLE}`), `APT_CONFIG=${APT}`],
  };
}

function readCertificates(path: string): string[] {
  const text = readText(path);
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw new InvalidCertificateError(path, 'no certificate in PEM in it');
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw new InvalidCertificateError(path, `certificate ${index + 1} cannot be read`, cause);
    }
  }
  return blocks;
}

function readText(path: string): string {
  try {
    const {size} = statSync(path);
    if (size > MAX_BYTES) {
      throw new InvalidCertificateError(path, `want at most ${MAX_BYTES} bytes, got ${size}`);
    }
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (error instanceof InvalidCertificateError) throw error;
    throw new InvalidCertificateError(path, 'it cannot be read', error);
  }
}
