/** The heavy work on files, as the steps ask for it. */
import {type CopyRequest, copyTree} from '../../layer/copy-tree.js';
import type {LayerSummary} from '../../layer/layer-summary.js';
import {type SelectRequest, selectTree, type TreeSelection} from '../../layer/select.js';
import {summarize} from '../../layer/summarize.js';
import {unpackSources} from './unpack-sources.js';

export const selectFiles = async (request: SelectRequest): Promise<TreeSelection> =>
  selectTree(request);

export interface CopyWork {
  /** Unpack what is a tar archive by its content. */
  readonly unpack: boolean;
  /** How much it is: TreeSelection's. */
  readonly entries: number;
  readonly bytes: number;
}

/** Copies into the target's upper directory, and says what layer that is. */
export async function copyFiles(request: CopyRequest & CopyWork): Promise<LayerSummary> {
  if (request.unpack) await unpackSources(request);
  else copyTree(request);
  return summarize(request.target.upper);
}

export const summarizeLayer = async (upper: string): Promise<LayerSummary> => summarize(upper);
