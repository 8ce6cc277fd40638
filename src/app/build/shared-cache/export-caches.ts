/** `--cache-to`: the results of a build that is done, for other machines. */
import {resolve} from 'node:path';
import {TsbuildError} from '../../../base/error.js';
import {configOf, sharedManifest} from '../../../cache/shared/shared-manifest.js';
import type {SharedResult} from '../../../cache/shared/shared-result.js';
import {copy} from '../../../content/copy.js';
import type {Fetcher} from '../../../content/fetcher.js';
import {firstOf} from '../../../content/first-of.js';
import {MemoryContent} from '../../../content/memory.js';
import {LayoutDirectory} from '../../../export/archive/layout-directory.js';
import {packShared, shareResult} from '../../../export/share-results.js';
import type {Vertex} from '../../../graph/vertex.js';
import type {Descriptor} from '../../../oci/descriptor.js';
import type {Digest} from '../../../oci/digest.js';
import {REF_NAME} from '../../../oci/image-layout.js';
import type {LayerSource} from '../../../snapshot/unpack-image.js';
import type {Solved} from '../../../solver/solved.js';
import {knownRepositories} from '../../registry/fetch-image.js';
import type {ImageSource} from '../../registry/image-source.js';
import type {Workspace} from '../../workspace.js';
import {type CachePlace, type CacheTarget, placeName} from './cache-option.js';

interface Built {
  readonly target: Vertex | null;
  readonly solved: ReadonlyMap<Digest, Solved>;
}

/** What the result itself is made of, its layers as they are. */
export const resultsOfImage = (
  built: Built,
  workspace: ExportOptions['workspace'],
): readonly SharedResult[] => chosen('min', built).flatMap((solved) => shared(solved, workspace));

export interface ExportOptions {
  readonly workspace: Pick<Workspace, 'store' | 'snapshots' | 'cache'>;
  readonly images: Pick<ImageSource, 'registries' | 'tell'>;
  /** Of images, and of results that were imported. */
  readonly layers: LayerSource;
  readonly warn: (message: string) => void;
  readonly signal: AbortSignal;
}

/** One after the other. What fails is warned of, unless it is not to be ignored. */
export async function exportCaches(
  targets: readonly CacheTarget[],
  built: Built,
  options: ExportOptions,
): Promise<void> {
  for (const target of targets) {
    const name = placeName(target.place);
    try {
      const act = () => exportCache(target, built, options);
      await options.images.tell(`exporting cache to ${name}`, act);
    } catch (error) {
      options.signal.throwIfAborted();
      if (!target.ignoreError || !(error instanceof TsbuildError || isSystem(error))) throw error;
      options.warn(`no cache to ${name}: ${(error as Error).message}`);
    }
  }
}

/** Of the kernel, on the way into a directory. */
const isSystem = (error: unknown): boolean =>
  error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';

async function exportCache(
  {place, mode, packing}: CacheTarget,
  built: Built,
  options: ExportOptions,
): Promise<void> {
  const {workspace, layers} = options;
  const plain = chosen(mode, built).flatMap((solved) => shared(solved, workspace));
  const results = await packShared(plain, packing, {store: workspace.store, content: layers});
  const made = sharedManifest(results);
  const documents = new MemoryContent();
  documents.add(configOf(made).mediaType, made.config);
  documents.add(made.descriptor.mediaType, made.manifest);
  const stored = {exists: async () => true, fetch: (layer: Descriptor) => layers.fetch(layer)};
  const content = firstOf(documents, stored);
  await write(place, {content, target: made.descriptor}, options);
}

function chosen(mode: CacheTarget['mode'], {target, solved}: Built): readonly Solved[] {
  if (mode === 'max') return [...solved.values()];
  const path: Solved[] = [];
  for (let at = target; at !== null; at = at.inputs[0] ?? null) {
    const result = solved.get(at.id);
    if (result !== undefined) path.push(result);
  }
  return path;
}

function shared(
  {imported, key, base, definition}: Solved,
  {cache, snapshots}: ExportOptions['workspace'],
): readonly SharedResult[] {
  if (imported !== undefined) {
    const {from: _from, ...result} = imported;
    return [{...result, definition}];
  }
  const record = key === undefined ? undefined : cache.find(key);
  if (record === undefined) return [];
  const result = shareResult({record, definition, base: base?.chainID}, snapshots);
  return result === undefined ? [] : [result];
}

interface Writing {
  readonly content: Fetcher;
  readonly target: Descriptor;
}

async function write(
  place: CachePlace,
  {content, target}: Writing,
  {workspace, images, signal}: ExportOptions,
): Promise<void> {
  if (place.type === 'local') {
    const to = new LayoutDirectory(resolve(place.directory), signal);
    await copy({from: content, to}, target, {signal, layersFirst: true});
    to.add([{...target, annotations: {[REF_NAME]: place.tag}}]);
    return;
  }
  const known = knownRepositories(workspace.store);
  const {reference} = place;
  const to = await images.registries.pushing(reference, {
    root: {digest: target.digest, tags: [reference.tag ?? 'latest']},
    knownIn: (digest) => known.of(digest),
  });
  await to.copyFrom(content, target, {signal, layersFirst: true});
}
