/**
 * How well the layers of an image use their bytes, by dive's measures, so that its thresholds keep their meaning.
 *
 *   efficiency   for each path the smallest size a layer gives it, over the sum of all that layers give it
 *   wasted       of each path that two layers or more speak of, all its bytes
 *
 * A path counts in a layer when the layer has nothing below it. A deleted file counts 0 bytes in the layer that deletes it; a
 * deleted directory all that was in it, on both sides of the fraction.
 *
 * Source  wagoodman/dive, filetree.Efficiency and image.Analyze.
 */
import {type ByteString, toText} from '../../archive/byte-string.js';
import type {TarHeader} from '../../archive/tar-header.js';
import {readEntryName} from '../target/entry-name.js';
import {extentOf} from './file-node.js';
import type {FileTree} from './file-tree.js';

interface WastedPath {
  readonly path: string;
  /** Layers that speak of it. */
  readonly layers: number;
  readonly bytes: number;
}

export interface Waste {
  /** From 0 to 1. */
  readonly efficiency: number;
  readonly wastedBytes: number;
  /** wastedBytes over what all layers but the first hold, from 0. */
  readonly userWastedPercent: number;
  /** Most bytes first; those of no bytes are left out. */
  readonly paths: readonly WastedPath[];
}

interface Tally {
  smallest: number;
  total: number;
  layers: number;
}

export class WasteMeter {
  readonly #tree: FileTree;
  readonly #tallies = new Map<ByteString, Tally>();
  /** Of the layer at hand: bytes by path. */
  #leaves = new Map<ByteString, number>();
  #parents = new Set<ByteString>();
  #userBytes = 0;

  /** Measures beside a tree that is told of each file after this is. */
  constructor(tree: FileTree) {
    this.#tree = tree;
  }

  add(header: TarHeader): void {
    const name = readEntryName(header.name);
    if (name.kind !== 'entry' && name.kind !== 'whiteout') return;
    const path = name.directory === '' ? name.name : `${name.directory}/${name.name}`;
    for (let above = name.directory; above !== '' && !this.#parents.has(above); ) {
      this.#parents.add(above);
      above = above.slice(0, Math.max(0, above.lastIndexOf('/')));
    }
    const bytes = name.kind === 'entry' ? header.size : this.#deleted(path);
    this.#leaves.set(path, bytes);
    if (name.kind === 'entry' && this.#tree.layer > 0) this.#userBytes += header.size;
  }

  endLayer(): void {
    for (const [path, bytes] of this.#leaves) {
      if (!this.#parents.has(path)) this.#count(path, bytes);
    }
    this.#leaves = new Map();
    this.#parents = new Set();
  }

  result(): Waste {
    const tallies = [...this.#tallies.values()];
    const smallest = tallies.reduce((sum, tally) => sum + tally.smallest, 0);
    const total = tallies.reduce((sum, tally) => sum + tally.total, 0);
    const paths = [...this.#tallies]
      .filter(([, tally]) => tally.layers > 1 && tally.total > 0)
      .map(([path, {layers, total: bytes}]) => ({path: toText(path), layers, bytes}))
      .sort((left, right) => right.bytes - left.bytes || (left.path < right.path ? -1 : 1));
    const wastedBytes = paths.reduce((sum, {bytes}) => sum + bytes, 0);
    return {
      efficiency: total === 0 ? 1 : smallest / total,
      wastedBytes,
      userWastedPercent: this.#userBytes === 0 ? 0 : wastedBytes / this.#userBytes,
      paths,
    };
  }

  #deleted(path: ByteString): number {
    const node = this.#tree.find(path);
    return node?.children === undefined ? 0 : extentOf(node).bytes;
  }

  #count(path: ByteString, bytes: number): void {
    const tally = this.#tallies.get(path);
    if (tally === undefined) {
      this.#tallies.set(path, {smallest: bytes, total: bytes, layers: 1});
      return;
    }
    tally.smallest = Math.min(tally.smallest, bytes);
    tally.total += bytes;
    tally.layers++;
  }
}
