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

/** In the order asked. One that cannot be found does not keep the others: its error is among `failures`. */
export async function inspectImages(request: {
  references: readonly string[];
  root?: string;
}): Promise<{images: readonly ImageInspection[]; failures: readonly Error[]}> {
  await using workspace = await openWorkspace({root: request.root});
  const images: ImageInspection[] = [];
  const failures: Error[] = [];
  for (const text of request.references) {
    try {
      images.push(inspection(workspace.store.images.find(text), workspace));
    } catch (error) {
      failures.push(error as Error);
    }
  }
  return {images, failures};
}

/** What docker shows of a config that says nothing of it. */
const UNSAID = {
  User: '',
  Env: null,
  Cmd: null,
  Entrypoint: null,
  Labels: null,
  OnBuild: null,
  Volumes: null,
  WorkingDir: '',
} as const;

function inspection(image: StoredImage, workspace: Workspace): ImageInspection {
  const config = workspace.store.images.config(image);
  const {names, target} = image;
  return {
    Id: image.id,
    RepoTags: names.filter(({tag}) => tag !== undefined).map(familiarReference),
    RepoDigests: [...new Set(names.map(familiarRepository))].map(
      (name) => `${name}@${target.digest}`,
    ),
    Comment: config.history.at(-1)?.comment ?? '',
    Created: config.created,
    Author: config.author ?? '',
    Config: {...UNSAID, ...config.config},
    Architecture: config.architecture,
    Variant: config.variant,
    Os: config.os,
    Size: imageSize(image, workspace),
    RootFS: {Type: 'layers', Layers: config.rootfs.diff_ids},
    Descriptor: target,
  };
}
