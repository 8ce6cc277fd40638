import type {ExportedImage} from '../../export/exporter.js';
import {formatReference} from '../../oci/reference.js';

/**
 * `--metadata-file`: JSON that tells of a build under docker's keys; of an image there are none when no output was one.
 *
 * Source  docker buildx build's reference, --metadata-file.
 */
export function buildMetadata(build: string, image: ExportedImage | undefined): string {
  const {configDescriptor, descriptor, names = []} = image ?? {};
  const metadata = {
    'buildx.build.ref': build,
    'containerimage.config.digest': configDescriptor?.digest,
    'containerimage.descriptor': descriptor,
    'containerimage.digest': descriptor?.digest,
    'image.name': names.length === 0 ? undefined : names.map(formatReference).join(','),
  };
  return `${JSON.stringify(metadata, null, 2)}\n`;
}
