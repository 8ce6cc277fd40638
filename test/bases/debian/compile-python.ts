/** Python's byte code beside its modules, as py3compile leaves it: without it every start of pip compiles itself anew. */
import {spawnSync} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {type FileTree, file} from '../file-tree.js';

const MODULES = ['usr/lib/python3.11', 'usr/lib/python3'];
const LOADERS: Readonly<Record<string, readonly [triplet: string, loader: string]>> = {
  x64: ['x86_64-linux-gnu', 'ld-linux-x86-64.so.2'],
  arm64: ['aarch64-linux-gnu', 'ld-linux-aarch64.so.1'],
};

/** Runs the tree's own interpreter, by the tree's own loader, from a folder below `cache`: no chroot, no root. */
export function compilePython(tree: FileTree, cache: string): void {
  const root = mkdtempSync(join(cache, 'python-'));
  try {
    unpack(tree, root);
    compile(root);
    for (const folder of MODULES) takeByteCode(tree, root, folder);
  } finally {
    rmSync(root, {recursive: true});
  }
}

/** With the times of the packages: byte code names the time of its source. */
function unpack(tree: FileTree, root: string): void {
  for (const [path, node] of tree.entries()) {
    const target = join(root, path);
    mkdirSync(dirname(target), {recursive: true});
    if (node.type === 'directory') mkdirSync(target, {recursive: true});
    else if (node.type === 'symlink') symlinkSync(node.target, target);
    else {
      writeFileSync(target, node.data, {mode: (node.mode & 0o777) | 0o600});
      utimesSync(target, node.mtime, node.mtime);
    }
  }
}

function compile(root: string): void {
  const [triplet, loader] = LOADERS[process.arch] ?? [];
  if (triplet === undefined || loader === undefined)
    throw new Error(`no loader for ${process.arch}`);
  const libraries = join(root, 'usr/lib', triplet);
  const python = ['--library-path', libraries, join(root, 'usr/bin/python3.11')];
  const folders = MODULES.map((folder) => join(root, folder));
  // -B: what the interpreter itself loads would be written with this folder's name in it
  const compileall = ['-B', '-m', 'compileall', '-q', '-j', '0', '-s', root, '-p', '/', ...folders];
  // its exit code tells of modules for other versions of Python, which stay without byte code
  const {error, stderr} = spawnSync(join(libraries, loader), [...python, ...compileall], {
    encoding: 'utf8',
    env: {PYTHONHOME: join(root, 'usr'), PYTHONHASHSEED: '0', LC_ALL: 'C.UTF-8'},
  });
  if (error !== undefined) throw error;
  if (!existsSync(join(root, 'usr/lib/python3.11/__pycache__'))) throw new Error(stderr);
}

function takeByteCode(tree: FileTree, root: string, folder: string): void {
  for (const entry of readdirSync(join(root, folder), {withFileTypes: true})) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) takeByteCode(tree, root, path);
    else if (entry.name.endsWith('.pyc')) tree.put(path, file(readFileSync(join(root, path))));
  }
}
