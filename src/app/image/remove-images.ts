/** `image rm`: takes names away, and with the last name the image. */
import type {Digest} from '../../oci/digest.js';
import {familiarReference} from '../../oci/reference.js';
import {ImageNotFoundError} from '../../store/errors.js';
import type {StoredImage} from '../../store/images.js';
import {ImageInUseError} from '../errors.js';
import {sweep} from '../sweep.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {nameTyped} from './typed-names.js';

export type Removal =
  | {readonly kind: 'untagged'; readonly reference: string}
  | {readonly kind: 'deleted'; readonly digest: Digest};

export interface RemoveRequest {
  /** Names, ids, or prefixes of ids. */
  readonly references: readonly string[];
  /** Also when a container uses it, and by id when it has several names. */
  readonly force?: boolean;
  readonly root?: string;
}

interface Removals {
  readonly removed: readonly Removal[];
  readonly failures: readonly Error[];
  /** With `force` it is no failure that an image is not there. */
  readonly missing: readonly ImageNotFoundError[];
}

/** One that cannot be removed does not keep the others: its error is among `failures`. */
export async function removeImages(request: RemoveRequest): Promise<Removals> {
  await using workspace = await openWorkspace({root: request.root});
  const removed: Removal[] = [];
  const failures: Error[] = [];
  const missing: ImageNotFoundError[] = [];
  for (const text of request.references) {
    try {
      removed.push(...(await removeImage(text, {force: request.force ?? false, workspace})));
    } catch (error) {
      if (request.force && error instanceof ImageNotFoundError) missing.push(error);
      else failures.push(error as Error);
    }
  }
  await sweep(workspace);
  return {removed, failures, missing};
}

async function removeImage(
  text: string,
  {force, workspace}: {force: boolean; workspace: Workspace},
): Promise<Removal[]> {
  const {images, references} = workspace.store;
  const image = images.find(text);
  const name = nameTyped(text, image);
  if (name !== undefined && image.names.length > 1) {
    await references.untag(name);
    return [{kind: 'untagged', reference: familiarReference(name)}];
  }
  if (!force) refuseInUse(image, {text, byID: name === undefined, workspace});
  return forget(image, workspace);
}

/** Removes the image with all of its names. */
export async function forget(image: StoredImage, {store}: Workspace): Promise<Removal[]> {
  const names = await store.references.forget(image.target.digest);
  return [
    ...names.map((name): Removal => ({kind: 'untagged', reference: familiarReference(name)})),
    {kind: 'deleted', digest: image.id},
  ];
}

function refuseInUse(
  image: StoredImage,
  {text, byID, workspace}: {text: string; byID: boolean; workspace: Workspace},
): void {
  if (byID && image.names.length > 1) {
    throw new ImageInUseError(text, `it has ${image.names.length} names`);
  }
  const user = workspace.containers.list().find(({imageID}) => imageID === image.id);
  if (user !== undefined) throw new ImageInUseError(text, `container ${user.name} uses it`);
}
