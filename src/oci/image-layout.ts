/**
 * Names inside an OCI image layout directory or archive.
 *
 * Source  OCI image-spec v1.1.1, image-layout.md and annotations.md; `io.containerd.image.name` as containerd and
 *         docker's exporters write it, because the spec's ref.name alone often holds just a tag.
 */
import {type Digest, hexOf} from './digest.js';

export const LAYOUT_FILE = 'oci-layout';
export const LAYOUT_CONTENT = '{"imageLayoutVersion":"1.0.0"}';
export const INDEX_FILE = 'index.json';
export const BLOBS_FOLDER = 'blobs/sha256';

export const REF_NAME = 'org.opencontainers.image.ref.name';
export const IMAGE_NAME = 'io.containerd.image.name';

/** Relative to the layout's root. */
export const blobPath = (digest: Digest): string => `${BLOBS_FOLDER}/${hexOf(digest)}`;
