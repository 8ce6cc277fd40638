/** `image ls`: the images in the store, as rows. */
import {
  familiarRepository,
  isRepositoryAlone,
  parseReference,
  type Reference,
  repositoryOf,
} from '../../oci/reference.js';
import type {StoredImage} from '../../store/images.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {fits, type ImageFilters, passes} from './image-filters.js';
import {imageSize} from './image-size.js';

export interface ImageSummary {
  /** As people read them; absent for a dangling image. */
  readonly repository: string | undefined;
  readonly tag: string | undefined;
  /** Of what the name points to. */
  readonly digest: string | undefined;
  readonly id: string;
  /** RFC 3339. */
  readonly createdAt: string | undefined;
  /** Bytes of its layers, uncompressed. */
  readonly size: number;
}

export interface ListRequest {
  readonly repository?: string;
  readonly filters?: ImageFilters;
  readonly root?: string;
}

/** Newest first; an image with two names is two rows. */
export async function listImages(request: ListRequest = {}): Promise<readonly ImageSummary[]> {
  await using workspace = await openWorkspace({root: request.root});
  const {images} = workspace.store;
  return images
    .list()
    .filter((image) => passes(image, request.filters ?? {}, workspace))
    .flatMap((image) => rowsOf(image, workspace))
    .filter((row) => named(row, request))
    .sort((left, right) => ((left.createdAt ?? '') < (right.createdAt ?? '') ? 1 : -1));
}

function rowsOf(image: StoredImage, workspace: Workspace): ImageSummary[] {
  const {id, target, names} = image;
  const createdAt = workspace.store.images.config(image).created;
  const shared = {id, digest: target.digest, createdAt, size: imageSize(image, workspace)};
  if (names.length === 0) return [{...shared, repository: undefined, tag: undefined}];
  return names
    .filter(isRow)
    .map((name) => ({...shared, repository: familiarRepository(name), tag: name.tag}));
}

/** As docker has it, a name by digest is no row of its own beside a tag of its repository: they have the digest in common. */
function isRow(name: Reference, _index: number, names: readonly Reference[]): boolean {
  const repository = repositoryOf(name);
  return (
    name.tag !== undefined ||
    !names.some((other) => other.tag && repositoryOf(other) === repository)
  );
}

function named(row: ImageSummary, {repository, filters = {}}: ListRequest): boolean {
  const patterns = filters.reference ?? [];
  if (patterns.length > 0 && !patterns.some((pattern) => fits(row, pattern))) return false;
  if (repository === undefined) return true;
  if (/[*?]/.test(repository)) return fits(row, repository);
  const wanted = parseReference(repository);
  if (row.repository !== familiarRepository(wanted)) return false;
  return isRepositoryAlone(repository) || row.tag === wanted.tag;
}
