/** An image as an archive holds it, every promise of its documents checked, its layers not read yet. */
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import type {ImageConfig} from '../../oci/image-config.js';
import type {Reference} from '../../oci/reference.js';
import {BadArchiveError} from '../errors.js';
import type {ArchivedFile, ArchiveFiles} from './archive-files.js';

export interface ArchivedImage {
  readonly names: readonly Reference[];
  /** Documents to store as they are; the last is what the names point to. */
  readonly documents: readonly ArchivedDocument[];
  /** Digest of the config. */
  readonly id: Digest;
  readonly config: ImageConfig;
  /** Base first, one for each diff_id of the config. */
  readonly layers: readonly ArchivedLayer[];
}

export interface ArchivedDocument {
  readonly mediaType: string;
  readonly data: Buffer;
}

export interface ArchivedLayer {
  readonly file: ArchivedFile;
  /** What the config promises of it, uncompressed. */
  readonly diffID: Digest;
  /** Whether the manifest names these very bytes, rather than the uncompressed ones. */
  readonly named: boolean;
}

/** Pairs layers with what the config says of them. */
export function pairLayers(
  files: readonly {readonly file: ArchivedFile; readonly named: boolean}[],
  {rootfs}: ImageConfig,
): readonly ArchivedLayer[] {
  const {diff_ids: diffIDs} = rootfs;
  if (files.length !== diffIDs.length) {
    throw new BadArchiveError(
      `want a layer for each of ${diffIDs.length} diff_ids, got ${files.length}`,
    );
  }
  return files.flatMap((layer, index) => {
    const diffID = diffIDs[index];
    return diffID === undefined ? [] : [{...layer, diffID}];
  });
}

/** The archive's file for a descriptor, which must be the bytes it names. */
export function fileOf(
  files: ArchiveFiles,
  {digest, size}: Descriptor,
  path: string,
): ArchivedFile {
  const file = files.find(path);
  if (file === undefined) throw new BadArchiveError(`want ${path}, got none`);
  if (file.digest !== digest || file.size !== size) {
    throw new BadArchiveError(
      `want ${digest} (${size} bytes) as ${path}, got ${file.digest} (${file.size} bytes)`,
    );
  }
  return file;
}
