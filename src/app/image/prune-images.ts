/** `image prune`: removes images nobody names, and what then nothing leads to. */
import {sweep} from '../sweep.js';
import {parseUntil} from '../until.js';
import {openWorkspace} from '../workspace.js';
import {hasLabel} from './image-filters.js';
import {forget, type Removal} from './remove-images.js';

export interface PruneRequest {
  /** Also images with a name that no container uses. */
  readonly all?: boolean;
  readonly filters?: {
    /** Made before this: RFC 3339, or how long ago, like `24h` or `1h30m`. */
    readonly until?: readonly string[];
    readonly label?: readonly string[];
  };
  readonly root?: string;
}

export async function pruneImages(
  request: PruneRequest = {},
): Promise<{removed: readonly Removal[]; reclaimed: number}> {
  await using workspace = await openWorkspace({root: request.root});
  const {images} = workspace.store;
  const used = new Set(workspace.containers.list().map(({imageID}) => imageID));
  const {until = [], label = []} = request.filters ?? {};
  const before = until.map(parseUntil);
  const removed: Removal[] = [];
  for (const image of images.list()) {
    if (used.has(image.id) || (image.names.length > 0 && !request.all)) continue;
    const {created, config} = images.config(image);
    if (before.some((limit) => Date.parse(created ?? '') >= limit)) continue;
    if (!label.every((wanted) => hasLabel(config.Labels ?? {}, wanted))) continue;
    removed.push(...(await forget(image, workspace)));
  }
  const {bytes} = await sweep(workspace);
  return {removed, reclaimed: bytes};
}
