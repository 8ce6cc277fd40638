/** A solved build → what was asked of it: every output, one after the other, and the files that tell of it. */
import {rmSync} from 'node:fs';
import {writeFileAtomic} from '../../base/atomic-file.js';
import type {BuildResult, ExportedImage} from '../../export/exporter.js';
import type {Packing} from '../../export/packing/pack-layers.js';
import type {Digest} from '../../oci/digest.js';
import {familiarReference, type Reference, repositoryOf} from '../../oci/reference.js';
import {InvalidOptionError} from '../errors.js';
import type {ImageSource} from '../registry/image-source.js';
import type {BuildEvent} from './build-event.js';
import {buildMetadata} from './build-metadata.js';
import type {BuildOutput} from './build-outputs.js';

/** Absent when no output was an image. */
export interface BuiltImage {
  readonly imageID?: Digest;
  readonly manifest?: Digest;
}

/** Files that tell of a build. */
interface Told {
  /** The image id. */
  readonly iidfile?: string;
  /** `buildMetadata`, as JSON. */
  readonly metadataFile?: string;
}

export interface ExportRequest {
  readonly outputs: readonly BuildOutput[];
  readonly push: ImageSource['push'];
  readonly told: Told;
  /** The id that the build is listed under. */
  readonly build: string;
  readonly onEvent: (event: BuildEvent) => void;
}

/**
 * What an earlier build wrote must not be taken for this one's when this one fails. Throws InvalidOptionError where there
 * would be nothing to tell.
 */
export function prepareTold(told: Told, outputs: readonly BuildOutput[]): void {
  for (const file of [told.iidfile, told.metadataFile]) {
    if (file !== undefined) rmSync(file, {force: true});
  }
  if (told.iidfile === undefined || outputs.some(({isImage}) => isImage)) return;
  throw new InvalidOptionError('--iidfile', 'no output is an image, which alone has an id');
}

export async function exportBuild(
  result: BuildResult,
  {outputs, push, told, build, onEvent}: ExportRequest,
): Promise<BuiltImage> {
  const images: ExportedImage[] = [];
  for (const output of outputs) {
    const {type, destination, exporter, pushed, epoch = result.epoch} = output;
    const names = namesOf(output, result);
    const made = await exporter.export({...result, names, epoch});
    const image = made && pushed ? await pushAll(made, pushed, push) : made;
    if (image !== undefined) images.push(image);
    onEvent({kind: 'exported', type, destination, ...idsOf(image), tags: tagsOf(image)});
  }
  const [first] = images;
  const ids = idsOf(first);
  const {iidfile, metadataFile} = told;
  if (iidfile !== undefined && ids.imageID !== undefined) writeFileAtomic(iidfile, ids.imageID);
  if (metadataFile !== undefined) writeFileAtomic(metadataFile, buildMetadata(build, first));
  return ids;
}

/** The image as its registries have it. What was built stays in the store when this fails. */
async function pushAll(
  image: ExportedImage,
  packing: Packing,
  push: ImageSource['push'],
): Promise<ExportedImage> {
  let {descriptor} = image;
  for (const repository of new Set(image.names.map(repositoryOf))) {
    const names = image.names.filter((name) => repositoryOf(name) === repository);
    const [sent] = await push({target: descriptor, names}, packing);
    if (sent) descriptor = {...descriptor, digest: sent.digest, size: sent.size};
  }
  return {...image, descriptor};
}

/** Those of the build, else the output's own. */
const namesOf = (
  {names}: Pick<BuildOutput, 'names'>,
  build: Pick<BuildResult, 'names'>,
): readonly Reference[] => (build.names.length === 0 ? names : build.names);

function idsOf(image: ExportedImage | undefined): BuiltImage {
  if (image === undefined) return {};
  return {imageID: image.configDescriptor.digest, manifest: image.descriptor.digest};
}

const tagsOf = (image: ExportedImage | undefined): readonly string[] =>
  (image?.names ?? []).map(familiarReference);
