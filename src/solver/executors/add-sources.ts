/**
 * ADD: each source that is a tar archive, by its content, is unpacked at the destination; the others are copied.
 *
 * Sources are taken in order, so that a later one wins where two bring the same path.
 */
import {join} from 'node:path';
import {toText} from '../../archive/byte-string.js';
import {type CopyRequest, copyTree} from '../../layer/copy-tree.js';
import type {LayerSummary} from '../../layer/layer-summary.js';
import {type ManifestSource, manifestOf, readSources} from '../../layer/manifest.js';
import {summarizeLayer} from '../../layer/offload.js';
import {unpackArchive} from '../../layer/unpack-archive.js';

/** Answers what layer that is. */
export async function addSources(request: CopyRequest): Promise<LayerSummary> {
  const several = request.manifest.sources > 1 && !request.destination.endsWith('/');
  const destination = several ? `${request.destination}/` : request.destination;
  for (const source of readSources(request.manifest)) {
    if (await unpack(source, {...request, destination})) continue;
    copyTree({...request, destination, manifest: manifestOf(source.opening, source.entries)});
  }
  return summarizeLayer(request.target.upper);
}

async function unpack({opening, first}: ManifestSource, request: CopyRequest): Promise<boolean> {
  if (first.kind !== 'file') return false;
  const {root, target, destination, owner} = request;
  const counts = await unpackArchive({
    archive: join(root, toText(opening.path)),
    target,
    destination,
    ...(owner === undefined ? {} : {owner}),
  });
  return counts !== undefined;
}
