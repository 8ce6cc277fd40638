/**
 * A shared cache where it is stored: an image manifest whose config is the document of its results and whose layers are theirs, so
 * that every registry takes it.
 *
 * Source  OCI image-spec v1.1.1, manifest.md § Guidelines for Artifact Usage.
 */
import type {Fetcher} from '../../content/fetcher.js';
import {readAll} from '../../content/read-all.js';
import {type Descriptor, describe} from '../../oci/descriptor.js';
import {parseJSON} from '../../oci/json-fields.js';
import {MANIFEST_LIMIT, parseManifest, serializeManifest} from '../../oci/manifest.js';
import {isImageConfig, MediaType} from '../../oci/media-type.js';
import {CONFIG_LIMIT} from '../../oci/parse-image-config.js';
import {NoSharedCacheError} from '../errors.js';
import {readSharedResults, SHARED_LIMIT, sharedDocument} from './shared-document.js';
import type {SharedResult} from './shared-result.js';

/** Of an image's config. */
export const INLINE_MEMBER = 'tsbuild.cache.v1';

const CONFIG = 'application/vnd.tsbuild.cache.config.v1+json';

export interface SharedManifest {
  readonly config: Buffer;
  readonly manifest: Buffer;
  readonly descriptor: Descriptor;
}

export function sharedManifest(results: readonly SharedResult[]): SharedManifest {
  const blobs = results.flatMap(({layers}) => layers.map(({blob}) => blob));
  const layers = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const config = Buffer.from(JSON.stringify(sharedDocument(results, layers)));
  const manifest = serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: describe(CONFIG, config),
    layers,
  });
  return {config, manifest, descriptor: describe(MediaType.manifest, manifest)};
}

export const configOf = ({config}: SharedManifest): Descriptor => describe(CONFIG, config);

/** Of a shared cache, or of an image with one inside. Throws NoSharedCacheError, InvalidDocumentError, and what `source` throws. */
export async function readSharedCache(
  source: Pick<Fetcher, 'fetch'>,
  target: Descriptor,
): Promise<readonly SharedResult[]> {
  const {config, layers} = parseManifest(await readAll(source, target, MANIFEST_LIMIT));
  const isImage = isImageConfig(config.mediaType);
  if (!isImage && config.mediaType !== CONFIG) {
    throw new NoSharedCacheError(JSON.stringify(config.mediaType));
  }
  const data = await readAll(source, config, isImage ? CONFIG_LIMIT : SHARED_LIMIT);
  const fields = parseJSON(data, 'shared cache', SHARED_LIMIT);
  const document = isImage ? fields.optionalObject(INLINE_MEMBER) : fields;
  if (document === undefined) throw new NoSharedCacheError('an image without one');
  return readSharedResults(document, layers);
}
