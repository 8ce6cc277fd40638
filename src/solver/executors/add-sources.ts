/**
 * ADD: each source that is a tar archive, by its content, is unpacked at the destination; the others are copied.
 *
 * Sources are taken in order, so that a later one wins where two bring the same path.
 */
import {join} from 'node:path';
import {toText} from '../../archive/byte-string.js';
import {type CopyRequest, copyTree} from '../../layer/copy-tree.js';
import type {LayerSummary} from '../../layer/layer-summary.js';
import {type ManifestEntry, manifestText, readManifest} from '../../layer/manifest.js';
import {summarizeLayer} from '../../layer/offload.js';
import {unpackArchive} from '../../layer/unpack-archive.js';

/** Answers what layer that is. */
export async function addSources(request: CopyRequest): Promise<LayerSummary> {
  const sources = sourcesOf(request.manifest);
  const several = sources.length > 1 && !request.destination.endsWith('/');
  const destination = several ? `${request.destination}/` : request.destination;
  for (const source of sources) {
    if (await unpack(source, {...request, destination})) continue;
    copyTree({...request, destination, manifest: source.map(manifestText).join('')});
  }
  return summarizeLayer(request.target.upper);
}

async function unpack(source: readonly ManifestEntry[], request: CopyRequest): Promise<boolean> {
  const [opening, entry, ...others] = source;
  if (opening === undefined || entry?.kind !== 'file' || others.length > 0) return false;
  const {root, target, destination, owner} = request;
  const counts = await unpackArchive({
    archive: join(root, toText(opening.path)),
    target,
    destination,
    ...(owner === undefined ? {} : {owner}),
  });
  return counts !== undefined;
}

/** An opening and its entries each. */
function sourcesOf(manifest: string): ManifestEntry[][] {
  const sources: ManifestEntry[][] = [];
  for (const entry of readManifest(manifest)) {
    if (entry.kind === 'source') sources.push([entry]);
    else sources.at(-1)?.push(entry);
  }
  return sources;
}
