/** `image history`: how an image was made, last step first. */
import type {Digest} from '../../oci/digest.js';
import {openWorkspace} from '../workspace.js';
import {layerSizes} from './image-size.js';

export interface HistoryRow {
  /** Of the image, on its last step; the steps before are no images of their own. */
  readonly id: Digest | undefined;
  /** RFC 3339. */
  readonly createdAt: string | undefined;
  readonly createdBy: string;
  /** Bytes of the layer's tar; 0 for metadata. */
  readonly size: number;
  readonly comment: string;
}

export async function imageHistory(request: {
  reference: string;
  root?: string;
}): Promise<readonly HistoryRow[]> {
  await using workspace = await openWorkspace({root: request.root});
  const {images} = workspace.store;
  const image = images.find(request.reference);
  const sizes = layerSizes(image, workspace)[Symbol.iterator]();
  const rows = images.config(image).history.map(
    (entry): HistoryRow => ({
      id: undefined,
      createdAt: entry.created,
      createdBy: entry.created_by ?? '',
      size: entry.empty_layer ? 0 : (sizes.next().value ?? 0),
      comment: entry.comment ?? '',
    }),
  );
  return rows.reverse().map((row, index) => (index === 0 ? {...row, id: image.id} : row));
}
