/** An authority of the test's own, and what it signs: made by openssl, valid for a day. */
import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
  readonly cert: string;
  readonly key: string;
}

export class Authority {
  readonly certificate: Certificate;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    const {certPath, keyPath} = paths(folder, 'ca');
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=test authority',
      '-keyout',
      keyPath,
      '-out',
      certPath,
    );
    this.certificate = read(certPath, keyPath);
  }

  /** `name` is a host's name or address, or a client's name. */
  sign(name: string): Certificate {
    const {certPath, keyPath} = paths(this.#folder, name);
    const request = join(this.#folder, `${name}.csr`);
    const extensions = join(this.#folder, `${name}.ext`);
    const kind = /^[\d.]+$/.test(name) ? 'IP' : 'DNS';
    writeFileSync(extensions, `subjectAltName=${kind}:${name}\n`);
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      keyPath,
      '-out',
      request,
    );
    openssl(
      'x509',
      '-req',
      '-days',
      '1',
      '-in',
      request,
      '-CA',
      this.certificate.certPath,
      '-CAkey',
      this.certificate.keyPath,
      '-CAcreateserial',
      '-extfile',
      extensions,
      '-out',
      certPath,
    );
    return read(certPath, keyPath);
  }
}

const paths = (folder: string, name: string) => ({
  certPath: join(folder, `${name}.crt`),
  keyPath: join(folder, `${name}.key`),
});

const read = (certPath: string, keyPath: string): Certificate => ({
  certPath,
  keyPath,
  cert: readFileSync(certPath, 'utf8'),
  key: readFileSync(keyPath, 'utf8'),
});

function openssl(...args: string[]): void {
  const {status, stderr} = spawnSync('openssl', args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(`openssl ${args[0]}: ${stderr}`);
}
