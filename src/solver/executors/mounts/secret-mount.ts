import {chmodSync, chownSync, mkdtempSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {MountOwner, SecretMount} from '../../../graph/run-mount.js';
import {readHostFacts, requireMapped} from '../../../sandbox/host-facts.js';
import {readOnlyFile} from '../../../sandbox/spec/read-only-file.js';
import {SecretNotFoundError} from '../../errors.js';
import type {MountPlace, OpenedMount} from './opened-mount.js';

/** As a file, a variable, or both; nothing when the secret was not given and is not required. */
export function openSecretMount(
  {id, target, variable, required, owner}: SecretMount,
  {options, folder}: MountPlace,
): OpenedMount {
  const value = options.runs.secrets.read(id);
  if (value === undefined) {
    if (required) throw new SecretNotFoundError(id);
    return {};
  }
  const secret = Buffer.from(value);
  return {
    secret,
    ...(variable === undefined ? {} : {variable: `${variable}=${secret.toString()}`}),
    ...(target === undefined
      ? {}
      : {mount: readOnlyFile(target, secretFile(folder.path, secret, owner))}),
  };
}

function secretFile(folder: string, value: Uint8Array, owner: MountOwner): string {
  const path = join(mkdtempSync(join(folder, 'secret-')), 'value');
  writeFileSync(path, value, {mode: 0o600});
  giveTo(path, owner);
  return path;
}

/** Throws UnmappedAccountError for an id that does not exist here. */
export function giveTo(path: string, {mode, uid, gid}: MountOwner): void {
  requireMapped({uid, gid}, readHostFacts());
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}
