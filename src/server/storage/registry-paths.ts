/** What is where under a registry's root. */
import {join} from 'node:path';
import {BLOBS_FOLDER} from '../../oci/image-layout.js';

export interface RegistryPaths {
  readonly root: string;
  /** Held by the server that serves this root. */
  readonly lock: string;
  /** Every blob and manifest once; repositories hold hard links of these files. */
  readonly blobs: string;
  /** An OCI image layout for each repository. */
  readonly repositories: string;
  /** What is being uploaded, by repository and upload id; outlives the server. */
  readonly uploads: string;
  /** Drafts of small files; swept at start. */
  readonly ingest: string;
}

export const registryPaths = (root: string): RegistryPaths => ({
  root,
  lock: join(root, 'lock'),
  blobs: join(root, BLOBS_FOLDER),
  repositories: join(root, 'repositories'),
  uploads: join(root, 'uploads'),
  ingest: join(root, 'ingest'),
});

/** A repository's name as one file name: `+` is in no name. */
export const folderName = (repository: string): string => repository.replaceAll('/', '+');

export const repositoryName = (folder: string): string => folder.replaceAll('+', '/');
