/** `--cache-from`: what other machines made, by its keys; layers come when a step needs their files. */
import {resolve} from 'node:path';
import {TsbuildError} from '../../../base/error.js';
import {NoSharedCacheError} from '../../../cache/errors.js';
import {type ImportedCache, ImportedResults} from '../../../cache/shared/imported-results.js';
import {readSharedCache} from '../../../cache/shared/shared-manifest.js';
import type {SharedResult} from '../../../cache/shared/shared-result.js';
import {chooseManifest} from '../../../content/choose-manifest.js';
import type {Descriptor} from '../../../oci/descriptor.js';
import type {Digest} from '../../../oci/digest.js';
import {REF_NAME} from '../../../oci/image-layout.js';
import {hostPlatform} from '../../../oci/platform.js';
import {repositoryOf} from '../../../oci/reference.js';
import type {LayerSource} from '../../../snapshot/unpack-image.js';
import {LayoutFolder} from '../../../store/layout-folder.js';
import type {Store} from '../../../store/store.js';
import {knownRepositories} from '../../registry/fetch-image.js';
import type {ImageSource} from '../../registry/image-source.js';
import {type CachePlace, placeName} from './cache-option.js';

export interface ImportedCaches {
  readonly results: ImportedResults;
  /** Layers of images, and those of the results. */
  readonly layers: LayerSource;
}

export interface ImportOptions {
  readonly workspace: {readonly store: Pick<Store, 'paths'>};
  readonly images: Pick<ImageSource, 'layers' | 'registries' | 'tell'>;
  readonly warn: (message: string) => void;
}

/** One that is not there, or cannot be read, is warned of and left out. */
export async function importCaches(
  places: readonly CachePlace[],
  options: ImportOptions,
): Promise<ImportedCaches> {
  const layers = new ImportedLayers(options.images.layers);
  const imported = await Promise.all(
    places.map((place) => importCache(place, {...options, layers})),
  );
  const results = new ImportedResults(imported, ({message}) =>
    options.warn(`${message}; its step runs here`),
  );
  return {results, layers};
}

interface Importing extends ImportOptions {
  readonly layers: ImportedLayers;
}

function importCache(place: CachePlace, importing: Importing): Promise<ImportedCache> {
  const name = placeName(place);
  return importing.images.tell(`importing cache from ${name}`, async () => {
    try {
      return {name, results: await read(place, importing)};
    } catch (error) {
      if (!(error instanceof TsbuildError)) throw error;
      importing.warn(`no cache from ${name}: ${error.message}`);
      return {name, results: []};
    }
  });
}

const read = (place: CachePlace, importing: Importing): Promise<readonly SharedResult[]> =>
  place.type === 'local' ? fromDirectory(place, importing) : fromRegistry(place, importing);

async function fromDirectory(
  {directory, tag, digest}: CachePlace & {type: 'local'},
  {layers}: Importing,
): Promise<readonly SharedResult[]> {
  const content = new LayoutFolder(resolve(directory));
  const target =
    digest === undefined
      ? content.entries()?.find(({annotations}) => annotations?.[REF_NAME] === tag)
      : content.byDigest(digest);
  if (target === undefined) throw new NoSharedCacheError(`no ${digest ?? tag}`);
  const results = await readSharedCache(content, target);
  layers.add(results, content);
  return results;
}

async function fromRegistry(
  {reference}: CachePlace & {type: 'registry'},
  {images, workspace, layers}: Importing,
): Promise<readonly SharedResult[]> {
  const source = await images.registries.pulling(reference);
  const {target} = await source.resolve();
  const results = await readSharedCache(
    source,
    await chooseManifest(source, target, hostPlatform()),
  );
  const known = knownRepositories(workspace.store);
  const from = ({digest}: Descriptor) => known.add(digest, repositoryOf(reference));
  layers.add(results, {
    fetch: (layer) => {
      from(layer);
      return images.layers.fetch(layer);
    },
    expect: (expected) => {
      for (const layer of expected) from(layer);
      images.layers.expect?.(expected);
    },
  });
  return results;
}

/** By digest, so that it is one which place they come from. */
class ImportedLayers implements LayerSource {
  readonly #others: LayerSource;
  readonly #sources = new Map<Digest, LayerSource>();

  constructor(others: LayerSource) {
    this.#others = others;
  }

  add(results: readonly SharedResult[], source: LayerSource): void {
    for (const {layers} of results) {
      for (const {blob} of layers) {
        if (!this.#sources.has(blob.digest)) this.#sources.set(blob.digest, source);
      }
    }
  }

  fetch(layer: Descriptor): AsyncIterable<Uint8Array> {
    return this.#of(layer).fetch(layer);
  }

  expect(layers: readonly Descriptor[]): void {
    for (const layer of layers) this.#of(layer).expect?.([layer]);
  }

  #of({digest}: Descriptor): LayerSource {
    return this.#sources.get(digest) ?? this.#others;
  }
}
