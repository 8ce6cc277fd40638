/** An image in memory: a config that says little, and layers of random bytes. */
import {randomBytes} from 'node:crypto';
import {MemoryContent} from '../../src/content/memory.js';
import type {Descriptor} from '../../src/oci/descriptor.js';
import {MediaType} from '../../src/oci/media-type.js';

export interface MemoryImage {
  readonly content: MemoryContent;
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** `sizes` in bytes, one a layer; `more` are further members of the manifest. */
export function memoryImage(
  sizes: readonly number[] = [1000],
  more: Readonly<Record<string, unknown>> = {},
  content = new MemoryContent(),
): MemoryImage {
  const layers = sizes.map((size) => content.add(MediaType.layerGzip, randomBytes(size)));
  const diffIDs = layers.map(({digest}) => digest);
  const config = content.add(
    MediaType.config,
    json({architecture: 'amd64', os: 'linux', rootfs: {type: 'layers', diff_ids: diffIDs}}),
  );
  const document = {schemaVersion: 2, mediaType: MediaType.manifest, config, layers, ...more};
  return {content, config, layers, manifest: content.add(MediaType.manifest, json(document))};
}

export const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
