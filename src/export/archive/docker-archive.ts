/** `docker save` archives: manifest.json lists configs, names and layers. Source  moby image spec v1.2. */
import {type Digest, digestOf} from '../../oci/digest.js';
import {type Fields, parseJSONList} from '../../oci/json-fields.js';
import {serializeManifest} from '../../oci/manifest.js';
import {MediaType} from '../../oci/media-type.js';
import {CONFIG_LIMIT, parseImageConfig} from '../../oci/parse-image-config.js';
import {parseReference, type Reference} from '../../oci/reference.js';
import {BadArchiveError} from '../errors.js';
import type {ArchivedFile, ArchiveFiles} from './archive-files.js';
import {type ArchivedImage, pairLayers} from './archived-image.js';

/** Bytes of manifest.json. */
const LIST_LIMIT = 16 * 1024 * 1024;

export interface DockerEntry {
  readonly config: string;
  readonly layers: readonly string[];
  readonly names: readonly Reference[];
  readonly id: Digest;
}

export function dockerEntries(files: ArchiveFiles): readonly DockerEntry[] {
  const data = files.document('manifest.json', LIST_LIMIT);
  return parseJSONList(data, 'manifest.json', LIST_LIMIT).map((fields) => readEntry(files, fields));
}

function readEntry(files: ArchiveFiles, fields: Fields): DockerEntry {
  const config = fields.string('Config');
  const id = digestOf(files.document(config, CONFIG_LIMIT));
  const claimed = config.match(/(?:^|\/)([0-9a-f]{64})(?:\.json)?$/)?.[1];
  if (claimed !== undefined && id !== `sha256:${claimed}`) {
    throw new BadArchiveError(`want config sha256:${claimed}, got ${id}`);
  }
  const layers = fields.strings('Layers') ?? [];
  return {config, layers, names: (fields.strings('RepoTags') ?? []).map(parseReference), id};
}

/** The archive has no manifest: ours names the layers uncompressed, whatever the archive holds. */
export function dockerImage(
  files: ArchiveFiles,
  {config: name, layers, names, id}: DockerEntry,
): ArchivedImage {
  const data = files.document(name, CONFIG_LIMIT);
  const config = parseImageConfig(data);
  const paired = pairLayers(
    layers.map((layer) => ({file: layerFile(files, layer), named: false})),
    config,
  );
  return {names, documents: [{mediaType: MediaType.config, data}], id, config, layers: paired};
}

function layerFile(files: ArchiveFiles, name: string): ArchivedFile {
  const file = files.find(name);
  if (file === undefined) throw new BadArchiveError(`want layer ${JSON.stringify(name)}, got none`);
  return file;
}

/** The manifest for layers whose sizes are known now. */
export function manifestFor(
  {id, documents}: Pick<ArchivedImage, 'id' | 'documents'>,
  layers: readonly {readonly diffID: Digest; readonly size: number}[],
): Buffer {
  return serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: {mediaType: MediaType.config, digest: id, size: documents[0]?.data.byteLength ?? 0},
    layers: layers.map(({diffID, size}) => ({mediaType: MediaType.layer, digest: diffID, size})),
  });
}
