/**
 * snapshots/<id>/record.json: what a snapshot is, and whether to believe it.
 *
 * Nothing of a snapshot is synced when it is committed: that would cost more than the build. After `kill -9` the page cache is
 * still there, so a record of this boot is believed. After a power cut a renamed directory may hold torn files, so a record
 * of an earlier boot is believed only beside a file `synced`, which is made after a syncfs(2) that came after the commit.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {bootID} from '../linux/boot-id.js';
import {type Digest, hexOf} from '../oci/digest.js';
import {InvalidDocumentError} from '../oci/errors.js';
import {parseJSON} from '../oci/json-fields.js';
import type {Snapshot} from './snapshotter.js';

const RECORD = 'record.json';
const SYNCED = 'synced';
const LIMIT = 16 * 1024;

export const snapshotID = (chainID: Digest): string => hexOf(chainID).slice(0, 16);

export const isSnapshotID = (name: string): boolean => /^[0-9a-f]{16}$/.test(name);

export interface StoredSnapshot {
  readonly snapshot: Omit<Snapshot, 'path'>;
  readonly bootID: string;
}

/** Undefined when there is none, or one torn or of another version. `folder` is snapshots/<id>. */
export function readRecord(folder: string): StoredSnapshot | undefined {
  try {
    const fields = parseJSON(readFileSync(join(folder, RECORD)), 'snapshot record', LIMIT);
    if (fields.size('version') !== 1) return undefined;
    const chainID = fields.digest('chainID');
    const parent = fields.optionalString('parent');
    const snapshot = {
      id: snapshotID(chainID),
      chainID,
      ...(parent === undefined ? {} : {parent}),
      diffID: fields.digest('diffID'),
      size: fields.size('size'),
      contentDigest: fields.digest('contentDigest'),
      createdAt: fields.string('createdAt'),
    };
    return {snapshot, bootID: fields.string('bootID')};
  } catch (error) {
    if (error instanceof InvalidDocumentError || isAbsence(error)) return undefined;
    throw error;
  }
}

/** Written inside the draft, before the rename makes both appear. */
export function writeRecord(folder: string, snapshot: Omit<Snapshot, 'path' | 'id'>): void {
  const {chainID, parent, diffID, size, contentDigest, createdAt} = snapshot;
  const record = {version: 1, chainID, parent, diffID, size, contentDigest, createdAt};
  writeFileSync(join(folder, RECORD), JSON.stringify({...record, bootID: bootID()}));
}

export const isSynced = (folder: string): boolean => existsSync(join(folder, SYNCED));

/** Needs no sync itself: where it is lost, the snapshot is checked instead. */
export const markSynced = (folder: string): void => writeFileSync(join(folder, SYNCED), '');

const isAbsence = (error: unknown): boolean =>
  ['ENOENT', 'ENOTDIR'].includes(String((error as {code?: unknown}).code));
