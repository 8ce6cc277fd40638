/**
 * A root in memory, layer by layer: names and metadata of its files, and what each layer did to those below it.
 *
 * As when layers are unpacked: deletions speak of lower layers alone, wherever in the tar they stand; a path through a symlink
 * goes where the symlink leads inside the root; missing directories are made.
 *
 * Throws  UnsafeEntryError, SymlinkLoopError.
 * Source  OCI image-spec v1.1.1, layer.md.
 */
import type {ByteString} from '../../archive/byte-string.js';
import {blankHeader, type TarHeader} from '../../archive/tar-header.js';
import {componentsOf, readEntryName} from '../target/entry-name.js';
import {PendingPath} from '../target/pending-path.js';
import {byPath, compareTrees, type Pair} from './compare-trees.js';
import {changeOf, type FileChange} from './file-change.js';
import type {FileNode} from './file-node.js';
import type {LayerFile} from './read-layer.js';

interface Place {
  readonly path: ByteString;
  readonly node: FileNode & {readonly children: Map<ByteString, FileNode>};
}

const implied: TarHeader = {...blankHeader, type: 'directory', name: '', mode: 0o755};

export class FileTree {
  readonly root: Place['node'] = emptyDirectory(0);
  #layer = 0;
  /** What stood, before the layer at hand, where it did something. */
  #before = new Map<ByteString, FileNode | undefined>();

  /** The number of the layer at hand, from 0. */
  get layer(): number {
    return this.#layer;
  }

  /** One file of the layer at hand. */
  add({header, digest}: LayerFile): void {
    const name = readEntryName(header.name);
    switch (name.kind) {
      case 'entry':
        this.#put(this.#directory(name.directory), name.name, {header, digest});
        return;
      case 'whiteout': {
        const place = this.#directory(name.directory);
        this.#delete(place, name.name);
        return;
      }
      case 'opaque': {
        const place = this.#directory(name.directory);
        for (const child of [...place.node.children.keys()]) this.#delete(place, child);
        return;
      }
      default:
        return;
    }
  }

  /** What the layer at hand did, by path; the next is at hand then. */
  endLayer(): FileChange[] {
    const changes = [...this.#changes()].sort(byPath);
    this.#before = new Map();
    this.#layer++;
    return changes;
  }

  /** Follows no symlink. */
  find(path: ByteString): FileNode | undefined {
    let node: FileNode | undefined = this.root;
    for (const name of path.split('/')) node = node?.children?.get(name);
    return node;
  }

  *#changes(): Generator<FileChange> {
    const compared = {times: false, rewrites: true};
    const replaced: ByteString[] = [];
    for (const path of [...this.#before.keys()].sort()) {
      if (replaced.some((directory) => path.startsWith(directory))) continue;
      const pair = {before: this.#before.get(path), after: this.find(path)};
      if (isReplaced(pair)) {
        replaced.push(`${path}/`);
        yield* compareTrees(path, pair, compared);
      } else {
        const change = changeOf(path, pair, compared);
        if (change !== undefined) yield change;
      }
    }
  }

  #put(place: Place, name: ByteString, {header, digest}: LayerFile): void {
    const path = join(place.path, name);
    const {children} = place.node;
    const old = children.get(name);
    this.#remember(path, old);
    children.set(name, this.#node(header, digest, old));
  }

  #node(header: TarHeader, digest: LayerFile['digest'], old: FileNode | undefined): FileNode {
    const layer = this.#layer;
    if (header.type === 'directory') {
      return {header, digest: undefined, bytes: 0, layer, children: old?.children ?? new Map()};
    }
    const {size: bytes} = header;
    if (header.type !== 'hard-link') return {header, digest, bytes, layer, children: undefined};
    const linked = this.#linked(header);
    return {...(linked ?? {header, digest}), bytes: 0, layer, children: undefined};
  }

  #linked({linkName, name}: TarHeader): FileNode | undefined {
    const components = componentsOf(linkName, name);
    const last = components.pop();
    if (last === undefined) return undefined;
    return this.#directory(components.join('/')).node.children.get(last);
  }

  /** Takes away what lower layers put there; what this layer put there stays. */
  #delete(place: Place, name: ByteString): void {
    const node = place.node.children.get(name);
    if (node === undefined) return;
    const path = join(place.path, name);
    if (node.layer < this.#layer && !this.#speaksOf(node)) {
      this.#remember(path, node);
      place.node.children.delete(name);
      return;
    }
    if (!isDirectory(node)) return;
    for (const child of [...node.children.keys()]) this.#delete({path, node}, child);
  }

  /** Whether the layer at hand made anything in it. */
  #speaksOf({children, layer}: FileNode): boolean {
    if (layer === this.#layer) return true;
    if (children === undefined || this.#before.size === 0) return false;
    return [...children.values()].some((child) => this.#speaksOf(child));
  }

  #remember(path: ByteString, node: FileNode | undefined): void {
    if (!this.#before.has(path)) this.#before.set(path, node);
  }

  #directory(path: ByteString): Place {
    const pending = new PendingPath('', path);
    const trail: Place[] = [{path: '', node: this.root}];
    for (let name = pending.next(); name !== undefined; name = pending.next()) {
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const at = trail.at(-1) as Place;
      const child = at.node.children.get(name);
      if (child?.header.type === 'symlink') {
        if (child.header.linkName.startsWith('/')) trail.length = 1;
        pending.follow(child.header.linkName);
      } else {
        trail.push(this.#enter(at, name, child));
      }
    }
    return trail.at(-1) as Place;
  }

  #enter(at: Place, name: ByteString, child: FileNode | undefined): Place {
    const path = join(at.path, name);
    if (child !== undefined && isDirectory(child)) return {path, node: child};
    const node = emptyDirectory(this.#layer);
    this.#remember(path, child);
    at.node.children.set(name, node);
    return {path, node};
  }
}

const emptyDirectory = (layer: number): Place['node'] => ({
  header: implied,
  digest: undefined,
  bytes: 0,
  layer,
  children: new Map(),
});

/** A directory was deleted, and another made in its place. */
const isReplaced = ({before, after}: Pair): boolean =>
  before?.children !== undefined &&
  after?.children !== undefined &&
  before.children !== after.children;

const isDirectory = (node: FileNode): node is Place['node'] => node.children !== undefined;

const join = (directory: ByteString, name: ByteString): ByteString =>
  directory === '' ? name : `${directory}/${name}`;
