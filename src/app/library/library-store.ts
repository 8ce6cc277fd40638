import {type HistoryRow, imageHistory} from '../image/image-history.js';
import {type ImageInspection, inspectImages} from '../image/inspect-images.js';
import {type ImageSummary, type ListRequest, listImages} from '../image/list-images.js';
import {type Removal, removeImages} from '../image/remove-images.js';
import {tagImage} from '../image/tag-image.js';

/** The images in a store directory; by default the user's own. Each call opens the store and closes it again. */
export class Store {
  readonly #root: {root?: string};

  constructor(root?: string) {
    this.#root = root === undefined ? {} : {root};
  }

  images(request: Omit<ListRequest, 'root'> = {}): Promise<readonly ImageSummary[]> {
    return listImages({...request, ...this.#root});
  }

  /** Throws for the first that is not there. */
  async inspect(...references: readonly string[]): Promise<readonly ImageInspection[]> {
    const {images, failures} = await inspectImages({references, ...this.#root});
    if (failures.length > 0) throw failures[0];
    return images;
  }

  history(reference: string): Promise<readonly HistoryRow[]> {
    return imageHistory({reference, ...this.#root});
  }

  tag(source: string, target: string): Promise<void> {
    return tagImage({source, target, ...this.#root});
  }

  /** Throws for the first that cannot be removed. */
  async remove(...references: readonly string[]): Promise<readonly Removal[]> {
    const {removed, failures} = await removeImages({references, ...this.#root});
    if (failures.length > 0) throw failures[0];
    return removed;
  }
}
