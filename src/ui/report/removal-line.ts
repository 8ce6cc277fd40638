import type {Removal} from '../../app/image/remove-images.js';

/** As docker rmi says it. */
export const removalLine = (removal: Removal): string =>
  removal.kind === 'untagged' ? `Untagged: ${removal.reference}` : `Deleted: ${removal.digest}`;
