/** The layers of an image, base first: what each did to the root below it, and what of their bytes is waste. */
import type {FileChange} from './file-change.js';
import {type Extent, extentOf} from './file-node.js';
import {FileTree} from './file-tree.js';
import {type LayerSource, readLayer} from './read-layer.js';
import {type Waste, WasteMeter} from './waste.js';

export interface InspectedLayers {
  readonly layers: readonly InspectedLayer[];
  readonly waste: Waste;
  /** What a container sees in the end. */
  readonly visible: Extent;
}

interface InspectedLayer {
  readonly changes: readonly FileChange[];
  /** Bytes of its files. */
  readonly bytes: number;
}

export async function inspectLayers(sources: readonly LayerSource[]): Promise<InspectedLayers> {
  const tree = new FileTree();
  const meter = new WasteMeter(tree);
  const layers: InspectedLayer[] = [];
  for (const source of sources) {
    let bytes = 0;
    await readLayer(source, (file) => {
      bytes += file.header.size;
      meter.add(file.header);
      tree.add(file);
    });
    meter.endLayer();
    layers.push({changes: tree.endLayer(), bytes});
  }
  return {layers, waste: meter.result(), visible: extentOf(tree.root)};
}
