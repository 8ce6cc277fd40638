/**
 * Owners of symlinks and device nodes that could not be set: these carry no user attributes, so they are written to
 * `owners.json` beside the layer's directory.
 */
import {readFileSync} from 'node:fs';
import {dirname} from 'node:path';
import type {ByteString} from '../../archive/byte-string.js';
import {writeFileAtomic} from '../../base/atomic-file.js';

/** Path in the layer → uid, gid. */
export type RecordedOwners = Record<ByteString, readonly [uid: number, gid: number]>;

const place = (upper: ByteString): string =>
  `${dirname(Buffer.from(upper, 'latin1').toString('utf8'))}/owners.json`;

/** Adds to what is written down already; writes nothing when there is nothing to add. */
export function writeRecordedOwners(upper: ByteString, owners: RecordedOwners): void {
  if (Object.keys(owners).length === 0) return;
  const all = {...readRecordedOwners(upper), ...owners};
  writeFileAtomic(place(upper), JSON.stringify(all));
}

export function readRecordedOwners(upper: ByteString): RecordedOwners {
  let text: string;
  try {
    text = readFileSync(place(upper), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  return JSON.parse(text) as RecordedOwners;
}
