/**
 * The images an archive holds, by OCI's index.json or else by docker's manifest.json.
 *
 * Where it has both, OCI's is followed, for it keeps every digest, and docker's only adds names.
 * Throws  BadArchiveError for what is missing or does not fit; nothing of a layer has been read by then.
 */
import {INDEX_FILE, LAYOUT_FILE} from '../../oci/image-layout.js';
import type {Platform} from '../../oci/platform.js';
import {BadArchiveError} from '../errors.js';
import type {ArchiveFiles} from './archive-files.js';
import type {ArchivedImage} from './archived-image.js';
import {dockerEntries, dockerImage} from './docker-archive.js';
import {layoutImages} from './layout-archive.js';

export function archivedImages(files: ArchiveFiles, platform: Platform): readonly ArchivedImage[] {
  const docker = files.find('manifest.json') === undefined ? [] : dockerEntries(files);
  const isLayout = files.find(LAYOUT_FILE) !== undefined && files.find(INDEX_FILE) !== undefined;
  if (isLayout) return layoutImages(files, {docker, platform});
  if (docker.length === 0)
    throw new BadArchiveError('want index.json or manifest.json, got neither');
  return docker.map((entry) => dockerImage(files, entry));
}
