/** What is where under the store's root. The folders are made when the store is opened. */
import {join} from 'node:path';
import {BLOBS_FOLDER, INDEX_FILE, LAYOUT_FILE} from '../oci/image-layout.js';

export interface StorePaths {
  readonly root: string;
  readonly layout: string;
  readonly index: string;
  readonly blobs: string;
  readonly snapshots: string;
  readonly cache: string;
  /** RUN --mount=type=cache directories. */
  readonly mounts: string;
  /** Git repositories that files of builds came from. */
  readonly repositories: string;
  /** What was learnt of files by http. */
  readonly fileRecords: string;
  /** A file: digests of contexts' files by what stat(2) says. */
  readonly statCache: string;
  readonly containers: string;
  /** What is known of the builds that were made. */
  readonly builds: string;
  readonly ingest: string;
  readonly locks: string;
  readonly leases: string;
}

export function storePaths(root: string): StorePaths {
  return {
    root,
    layout: join(root, LAYOUT_FILE),
    index: join(root, INDEX_FILE),
    blobs: join(root, BLOBS_FOLDER),
    snapshots: join(root, 'snapshots'),
    cache: join(root, 'cache'),
    mounts: join(root, 'mounts'),
    repositories: join(root, 'cache', 'remote', 'git'),
    fileRecords: join(root, 'cache', 'remote', 'http'),
    statCache: join(root, 'cache', 'files'),
    containers: join(root, 'containers'),
    builds: join(root, 'builds'),
    ingest: join(root, 'ingest'),
    locks: join(root, 'locks'),
    leases: join(root, 'locks', 'leases'),
  };
}
