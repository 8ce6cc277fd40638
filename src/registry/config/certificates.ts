/**
 * certs.d/HOST:PORT: authorities (`*.crt`) and client certificates (`*.cert` with `*.key`) for one host.
 *
 * Source  docker's manual, "Verify repository client with certificates"; moby daemon/pkg/registry, ReadCertsDirectory.
 */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Trust} from '../../http/trust.js';
import {CertificateFolderError, UnreadableConfigError} from './errors.js';
import {readAuthority, readIdentity} from './pem.js';

/** What the folders hold for the host, on top of the machine's authorities. Throws CertificateFolderError, UnreadableConfigError. */
export function trustFor(host: string, folders: readonly string[]): Trust {
  const found = folders.map((folder) => readFolder(join(folder, host)));
  return {
    verify: true,
    authorities: found.flatMap(({authorities}) => authorities),
    identities: found.flatMap(({identities}) => identities),
  };
}

/** The files that `trustFor` reads. Throws UnreadableConfigError. */
export const certificateFiles = (host: string, folders: readonly string[]): readonly string[] =>
  folders
    .map((folder) => join(folder, host))
    .flatMap((folder) =>
      namesIn(folder)
        .filter((name) => /\.(?:crt|cert|key)$/.test(name))
        .map((name) => join(folder, name)),
    );

type Certificates = Required<Pick<Trust, 'authorities' | 'identities'>>;

function readFolder(folder: string): Certificates {
  const names = namesIn(folder);
  const needs = (name: string, other: string): void => {
    if (!names.includes(other))
      throw new CertificateFolderError(join(folder, name), `want ${other} beside it, got none`);
  };
  const clients = names.filter((name) => name.endsWith('.cert'));
  for (const name of clients) needs(name, name.replace(/\.cert$/, '.key'));
  for (const name of names.filter((each) => each.endsWith('.key'))) {
    needs(name, name.replace(/\.key$/, '.cert'));
  }
  const pathOf = (name: string): string => join(folder, name);
  return {
    authorities: names
      .filter((name) => name.endsWith('.crt'))
      .map((name) => readAuthority(pathOf(name))),
    identities: clients.map((name) =>
      readIdentity(pathOf(name), pathOf(name.replace(/\.cert$/, '.key'))),
    ),
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return [];
    throw new UnreadableConfigError(folder, error);
  }
}
