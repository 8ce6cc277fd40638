/** A root that another machine made, of layers that come out of a shared cache. */
import {TsbuildError} from '../../base/error.js';
import type {SharedLayer} from '../../cache/shared/shared-result.js';
import {unpackLayers} from '../../snapshot/unpack-image.js';
import {ImportedLayerError} from '../errors.js';
import type {LazyRoot, Root} from '../executor.js';
import type {ExecutorOptions} from './executor-options.js';

/** Throws ImportedLayerError for a layer that is not here and cannot be had right. */
export const restoreRoot = (
  layers: readonly SharedLayer[],
  below: LazyRoot | undefined,
  {snapshots, layers: content}: Pick<ExecutorOptions, 'snapshots' | 'layers'>,
): Promise<Root> =>
  unpackLayers(layers, {
    content,
    snapshots,
    below,
    blame: ({blob}, cause) =>
      cause instanceof TsbuildError ? new ImportedLayerError(blob.digest, cause) : cause,
  });
