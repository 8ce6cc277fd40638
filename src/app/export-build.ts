/** A solved build → what was asked of it: every output, one after the other, and the files that tell of it. */
import {rmSync} from 'node:fs';
import {writeFileAtomic} from '../base/atomic-file.js';
import type {BuildResult, ExportedImage} from '../export/exporter.js';
import type {Digest} from '../oci/digest.js';
import {familiarReference} from '../oci/reference.js';
import type {BuildEvent} from './build-event.js';
import type {BuildOutput} from './build-outputs.js';

/** Absent when no output was an image. */
export interface BuiltImage {
  readonly imageID?: Digest;
  readonly manifest?: Digest;
}

export interface ExportRequest {
  readonly outputs: readonly BuildOutput[];
  readonly iidfile: string | undefined;
  readonly onEvent: (event: BuildEvent) => void;
}

/** What an earlier build wrote must not be taken for this one's when this one fails. */
export function removeStale({iidfile}: Pick<ExportRequest, 'iidfile'>): void {
  if (iidfile !== undefined) rmSync(iidfile, {force: true});
}

export async function exportBuild(
  result: BuildResult,
  {outputs, iidfile, onEvent}: ExportRequest,
): Promise<BuiltImage> {
  const images: ExportedImage[] = [];
  for (const {type, destination, names, exporter, epoch = result.epoch} of outputs) {
    const given = result.names.length === 0 ? names : result.names;
    const image = await exporter.export({...result, names: given, epoch});
    if (image !== undefined) images.push(image);
    onEvent({kind: 'exported', type, destination, ...idsOf(image), tags: tagsOf(image)});
  }
  const ids = idsOf(images[0]);
  if (iidfile !== undefined && ids.imageID !== undefined) writeFileAtomic(iidfile, ids.imageID);
  return ids;
}

function idsOf(image: ExportedImage | undefined): BuiltImage {
  if (image === undefined) return {};
  return {imageID: image.configDescriptor.digest, manifest: image.manifestDescriptor.digest};
}

const tagsOf = (image: ExportedImage | undefined): readonly string[] =>
  (image?.names ?? []).map(familiarReference);
