/** What a person typed for an image, as one of its names or as the repository of some. */
import type {Digest} from '../../oci/digest.js';
import {
  formatReference,
  isRepositoryAlone,
  type Reference,
  referenceIn,
  repositoryOf,
} from '../../oci/reference.js';
import type {Images, StoredImage} from '../../store/images.js';

/** Undefined where `text` is an id, or a name with digest. */
export function nameTyped(text: string, {names}: StoredImage): Reference | undefined {
  const typed = referenceIn(text);
  if (typed === undefined) return undefined;
  return names.find((name) => formatReference(name) === formatReference(typed));
}

/**
 * As docker save understands names: a repository alone is all of its tags, an id has no name. In the order of the store, each
 * image once, with the names of it that were typed. Throws ImageNotFoundError, AmbiguousImageError.
 */
export function imagesTyped(
  texts: readonly string[],
  images: Images,
): readonly {readonly image: StoredImage; readonly names: readonly Reference[]}[] {
  const all = images.list();
  const typed = new Set<string>();
  const digests = new Set<Digest>();
  for (const text of texts) {
    const tags = isRepositoryAlone(text) ? tagsOf(text, all) : [];
    for (const tag of tags) typed.add(formatReference(tag));
    if (tags.length > 0) continue;
    const image = images.find(text);
    digests.add(image.target.digest);
    const name = nameTyped(text, image);
    if (name !== undefined) typed.add(formatReference(name));
  }
  return all.flatMap((image) => {
    const names = image.names.filter((name) => typed.has(formatReference(name)));
    return names.length > 0 || digests.has(image.target.digest) ? [{image, names}] : [];
  });
}

function tagsOf(repository: string, images: readonly StoredImage[]): readonly Reference[] {
  const typed = referenceIn(repository);
  if (typed === undefined) return [];
  return images
    .flatMap(({names}) => names)
    .filter((name) => name.tag !== undefined && repositoryOf(name) === repositoryOf(typed));
}
