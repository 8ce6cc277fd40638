/**
 * A build's result in the form an exporter wants its image in: which names its parts go by, and how they are packed.
 *
 * Nothing is written but layers that have to be compressed; the content can be fetched as long as the store is open.
 */
import type {Fetcher} from '../../content/fetcher.js';
import {firstOf} from '../../content/first-of.js';
import {MemoryContent} from '../../content/memory.js';
import type {Vertex} from '../../graph/vertex.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {MediaFamily} from '../../oci/media-type.js';
import type {BuildResult} from '../exporter.js';
import {type FormedLayers, formLayers, type LayerForm} from '../packing/form-layers.js';
import {type Annotation, annotationsOn} from './annotations.js';
import {type AssembledImage, assemble} from './assemble.js';
import {inlineCache} from './inline-cache.js';
import {stackOf} from './stack-of.js';

export interface ImageForm extends LayerForm {
  readonly family: MediaFamily;
  readonly annotations: readonly Annotation[];
}

export interface FormedImage extends Pick<FormedLayers, 'rewritten'> {
  readonly image: AssembledImage;
  /** What the image goes by outside of the store: platform, time and annotations with it. */
  readonly descriptor: Descriptor;
  /** Config and manifest, and the layers they name. */
  readonly content: Fetcher;
}

export async function formImage(result: BuildResult, form: ImageForm): Promise<FormedImage> {
  const {definition, epoch, inlined} = result;
  const layers = await formLayers(result, form);
  const {stack, packed, content, rewritten} = layers;
  const depthOf = (vertex: Vertex): number => stackOf(vertex, result).length;
  const annotations = (on: Annotation['on']) =>
    annotationsOn(on, form.annotations, definition.config);
  const image = assemble(
    definition,
    {stack, depthOf, packed, epoch},
    {
      family: form.family,
      annotations: annotations('manifest'),
      ...(inlined && {members: inlineCache(inlined, {...layers, epoch})}),
    },
  );
  return {
    image,
    descriptor: describeImage(image, annotations('manifest-descriptor')),
    content: firstOf(documentsOf(image), content),
    rewritten,
  };
}

function documentsOf(image: AssembledImage): Fetcher {
  const documents = new MemoryContent();
  documents.add(image.configDescriptor.mediaType, image.configData);
  documents.add(image.manifestDescriptor.mediaType, image.manifestData);
  return documents;
}

/** BuildKit says of each image when it was created. */
function describeImage(
  {manifestDescriptor, config}: AssembledImage,
  annotations: Readonly<Record<string, string>>,
): Descriptor {
  const {architecture, os, variant, created} = config;
  const time = created === undefined ? {} : {'org.opencontainers.image.created': created};
  const platform = {architecture, os, ...(variant === undefined ? {} : {variant})};
  return {...manifestDescriptor, annotations: {...time, ...annotations}, platform};
}
