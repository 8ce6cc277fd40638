/** `image inspect`: everything about images, in the shape docker inspect gives. */
import {familiarReference, familiarRepository} from '../../oci/reference.js';
import type {StoredImage} from '../../store/images.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {imageSize} from './image-size.js';

/** Field names are docker's (Engine API, ImageInspect). */
export interface ImageInspection {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Comment: string;
  readonly Created: string | undefined;
  readonly Author: string;
  readonly Config: object;
  readonly Architecture: string;
  readonly Variant: string | undefined;
  readonly Os: string;
  /** Bytes. */
  readonly Size: number;
  readonly RootFS: {readonly Type: 'layers'; readonly Layers: readonly string[]};
  readonly Descriptor: object;
}

/** In the order asked. Throws ImageNotFoundError for the first that is not there. */
export async function inspectImages(request: {
  references: readonly string[];
  root?: string;
}): Promise<readonly ImageInspection[]> {
  await using workspace = await openWorkspace({root: request.root});
  return request.references.map((text) => inspection(workspace.store.images.find(text), workspace));
}

function inspection(image: StoredImage, workspace: Workspace): ImageInspection {
  const config = workspace.store.images.config(image);
  const {names, target} = image;
  return {
    Id: image.id,
    RepoTags: names.filter(({tag}) => tag !== undefined).map(familiarReference),
    RepoDigests: names.map((name) => `${familiarRepository(name)}@${target.digest}`),
    Comment: config.history.at(-1)?.comment ?? '',
    Created: config.created,
    Author: config.author ?? '',
    Config: config.config,
    Architecture: config.architecture,
    Variant: config.variant,
    Os: config.os,
    Size: imageSize(image, workspace),
    RootFS: {Type: 'layers', Layers: config.rootfs.diff_ids},
    Descriptor: target,
  };
}
