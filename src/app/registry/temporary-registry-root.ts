/** A directory for a registry that is gone with its process; what killed processes left is removed by the next. */
import {lstatSync, mkdirSync} from 'node:fs';
import {tmpdir, userInfo} from 'node:os';
import {join} from 'node:path';
import {Ingest} from '../../content/ingest.js';
import {RegistryUnusableError} from '../../server/errors.js';

/** Throws RegistryUnusableError where the place for a user's registries is somebody else's. */
export function temporaryRegistryRoot(): AsyncDisposable & {readonly path: string} {
  const {uid} = userInfo();
  const folder = join(tmpdir(), `tsbuild-registries-${uid}`);
  mkdirSync(folder, {recursive: true, mode: 0o700});
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new RegistryUnusableError(folder, `want a directory of user ${uid}, got another`);
  }
  const drafts = new Ingest(folder);
  drafts.sweep();
  return {path: drafts.draft(), [Symbol.asyncDispose]: () => drafts.close()};
}
