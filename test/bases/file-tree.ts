/** A root file system in memory: what a package archive or a recipe says it holds, before it is a layer. */
import {posix} from 'node:path';

export interface FileNode {
  readonly type: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds. */
  readonly mtime: number;
  readonly data: Buffer;
  /** Of a symlink, as written. */
  readonly target: string;
}

type NodeFields = Partial<Omit<FileNode, 'type' | 'data'>>;

/** The time of everything that no package dates: the same archive from the same packages, every time. */
const TIME = 1_700_000_000;

const defaults = {uid: 0, gid: 0, mtime: TIME, data: Buffer.alloc(0), target: ''};

export const directory = (fields: NodeFields = {}): FileNode => ({
  ...defaults,
  type: 'directory',
  mode: 0o755,
  ...fields,
});

export const file = (data: string | Buffer, fields: NodeFields = {}): FileNode => ({
  ...defaults,
  type: 'file',
  mode: 0o644,
  ...fields,
  data: Buffer.from(data),
});

export const symlink = (target: string, fields: NodeFields = {}): FileNode => ({
  ...defaults,
  type: 'symlink',
  mode: 0o777,
  ...fields,
  target,
});

/** Paths are absolute without the leading slash; two paths with one node are hard links. */
export class FileTree {
  readonly #nodes: Map<string, FileNode>;

  constructor(base?: FileTree) {
    this.#nodes = new Map(base?.entries());
  }

  entries(): IterableIterator<[string, FileNode]> {
    return this.#nodes.entries();
  }

  get(path: string): FileNode | undefined {
    return this.#nodes.get(this.#real(path));
  }

  /** Text of a file that must be there. */
  text(path: string): string {
    const node = this.get(path);
    if (node?.type !== 'file') throw new Error(`no file at /${path} in the tree`);
    return node.data.toString('utf8');
  }

  /** Puts a node, and the directories above it; a directory that is there stays as it is. */
  put(path: string, node: FileNode): void {
    const real = this.#real(path);
    const before = this.#nodes.get(real);
    if (node.type === 'directory' && before !== undefined) return;
    this.#parents(real);
    this.#nodes.set(real, node);
  }

  remove(path: string): void {
    this.#nodes.delete(this.#real(path));
  }

  /** What must be laid over `base` to have this tree, with the directories that lead to it. Nothing is ever missing here that `base` has. */
  over(base: FileTree): FileTree {
    const result = new FileTree();
    for (const [path, node] of this.#nodes) {
      if (base.#nodes.get(path) === node) continue;
      for (const parent of ancestors(path)) {
        const above = this.#nodes.get(parent);
        if (above !== undefined) result.#nodes.set(parent, above);
      }
      result.#nodes.set(path, node);
    }
    return result;
  }

  #parents(path: string): void {
    for (const parent of ancestors(path)) {
      if (!this.#nodes.has(parent)) this.#nodes.set(parent, directory());
    }
  }

  /** The path with the links to directories on its way followed (/lib is /usr/lib since Debian 12). */
  #real(path: string): string {
    let real = '';
    const parts = path.split('/');
    for (const [index, part] of parts.entries()) {
      real = posix.join(real, part);
      const node = this.#nodes.get(real);
      if (node?.type !== 'symlink' || index === parts.length - 1) continue;
      real = posix.join(posix.dirname(`/${real}`), node.target).slice(1);
    }
    return real;
  }
}

function* ancestors(path: string): Generator<string> {
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) yield path.slice(0, at);
}
