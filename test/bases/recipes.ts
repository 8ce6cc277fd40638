/** The base images: what each is made of. They stand in for the images of the same name, where no registry is in reach. */
import {execFileSync} from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {readDeb} from './apt/deb.js';
import {downloadPackages} from './apt/download.js';
import {debianSources} from './apt/sources.js';
import {configureDebian} from './debian/after-unpack.js';
import {compilePython} from './debian/compile-python.js';
import {putSlimSettings} from './debian/slim.js';
import {installPackages, mergedRoot} from './debian/unpack.js';
import {directory, FileTree, file, symlink} from './file-tree.js';
import type {ArchivedImage} from './image-archive.js';

export type BaseName = 'busybox' | 'debian' | 'python' | 'node';

/** `cache` keeps packages between recipes. */
export const recipes: Readonly<Record<BaseName, (cache: string) => Promise<ArchivedImage>>> = {
  busybox: async (cache) => ({
    references: ['busybox:latest'],
    config: {Env: [PATH], Cmd: ['sh']},
    layers: [await busybox(cache)],
  }),
  debian: async (cache) => ({
    references: ['debian:bookworm-slim'],
    config: {Env: [PATH], Cmd: ['bash']},
    layers: [await debian(cache)],
  }),
  python: async (cache) => {
    const base = await debian(cache);
    return {
      references: ['python:3.11-slim'],
      config: {Env: [PATH, 'LANG=C.UTF-8'], Cmd: ['python3']},
      layers: [base, (await python(base, cache)).over(base)],
    };
  },
  node: async (cache) => {
    const base = await debian(cache);
    return {
      references: ['node:20-slim'],
      config: {Env: [PATH, `NODE_VERSION=${process.versions.node}`], Cmd: ['node']},
      layers: [base, (await node(base, cache)).over(base)],
    };
  },
};

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

async function busybox(cache: string): Promise<FileTree> {
  const [deb = ''] = downloadPackages(cache, ['busybox-static']).filter((path) =>
    path.includes('/busybox-static_'),
  );
  const program = (await readDeb(deb)).files.get('bin/busybox')?.data ?? Buffer.alloc(0);
  const tree = new FileTree();
  for (const path of 'etc var dev proc sys usr/bin home'.split(' ')) tree.put(path, directory());
  tree.put('root', directory({mode: 0o700}));
  tree.put('tmp', directory({mode: 0o1777}));
  tree.put('bin/busybox', file(program, {mode: 0o755}));
  for (const name of applets(program)) tree.put(`bin/${name}`, symlink('busybox'));
  tree.put('usr/bin/env', symlink('/bin/env'));
  const users = ['root:x:0:0:root:/root:/bin/sh', 'nobody:x:65534:65534:nobody:/home:/bin/false'];
  tree.put('etc/passwd', file(`${users.join('\n')}\n`));
  tree.put('etc/group', file('root:x:0:\nnogroup:x:65534:\n'));
  return tree;
}

function applets(program: Buffer): string[] {
  const scratch = mkdtempSync(join(tmpdir(), 'busybox-'));
  try {
    const path = join(scratch, 'busybox');
    writeFileSync(path, program, {mode: 0o755});
    const names = execFileSync(path, ['--list'], {encoding: 'utf8'}).trim().split('\n');
    return names.filter((name) => name !== 'busybox');
  } finally {
    rmSync(scratch, {recursive: true});
  }
}

/** Made once a process: python and node begin with the same layer. */
let debianTree: Promise<FileTree> | undefined;

function debian(cache: string): Promise<FileTree> {
  debianTree ??= minimalDebian(cache);
  return debianTree;
}

async function minimalDebian(cache: string): Promise<FileTree> {
  const tree = mergedRoot();
  // usr-is-merged is the dependency's other half: without it apt takes usrmerge, and perl with it
  const minimal = ['?essential', '?priority(required)', 'apt', 'usr-is-merged'];
  await installPackages(tree, minimal, cache);
  configureDebian(tree);
  putSlimSettings(tree);
  tree.put('etc/apt/sources.list', file(debianSources()));
  return tree;
}

async function python(base: FileTree, cache: string): Promise<FileTree> {
  const tree = new FileTree(base);
  const packages = ['python3', 'python3-pip', 'python3-venv', 'ca-certificates', 'usr-is-merged'];
  await installPackages(tree, packages, cache);
  tree.remove('usr/lib/python3.11/EXTERNALLY-MANAGED');
  tree.put('usr/bin/python', symlink('python3'));
  compilePython(tree, cache);
  putCertificates(tree);
  return tree;
}

/** What update-ca-certificates makes, without the links by hash. */
function putCertificates(tree: FileTree): void {
  const folder = 'usr/share/ca-certificates/';
  const names = [...tree.entries()]
    .map(([path]) => path)
    .filter((path) => path.startsWith(folder) && path.endsWith('.crt'))
    .sort();
  const bundle = names.map((path) => tree.text(path)).join('');
  tree.put('etc/ssl/certs/ca-certificates.crt', file(bundle));
  const list = names.map((path) => path.slice(folder.length));
  tree.put('etc/ca-certificates.conf', file(`${list.join('\n')}\n`));
}

/** The Node and the npm that run this, whatever their version. */
async function node(base: FileTree, cache: string): Promise<FileTree> {
  const tree = new FileTree(base);
  await installPackages(tree, ['libstdc++6', 'usr-is-merged'], cache);
  const program = realpathSync(process.execPath);
  tree.put('usr/local/bin/node', file(readFileSync(program), {mode: 0o755}));
  tree.put('usr/local/bin/nodejs', symlink('node'));
  const npm = 'usr/local/lib/node_modules/npm';
  putDirectory(tree, npm, npmDirectory(program));
  for (const name of ['npm', 'npx']) {
    tree.put(`usr/local/bin/${name}`, symlink(`../lib/node_modules/npm/bin/${name}-cli.js`));
  }
  return tree;
}

function npmDirectory(program: string): string {
  const prefix = dirname(dirname(program));
  const places = ['lib/node_modules/npm', 'share/nodejs/npm'].map((place) => join(prefix, place));
  const found = places.find((place) => existsSync(join(place, 'bin/npm-cli.js')));
  if (found === undefined)
    throw new Error(`no npm beside ${program}: looked in ${places.join(', ')}`);
  return realpathSync(found);
}

function putDirectory(tree: FileTree, to: string, from: string): void {
  tree.put(to, directory());
  for (const name of readdirSync(from).sort()) {
    const [path, target] = [join(from, name), `${to}/${name}`];
    const stat = lstatSync(path);
    if (stat.isDirectory()) putDirectory(tree, target, path);
    else if (stat.isSymbolicLink()) tree.put(target, symlink(readlinkSync(path)));
    // npm's own settings on this machine are not the image's
    else if (name !== 'npmrc')
      tree.put(target, file(readFileSync(path), {mode: stat.mode & 0o777}));
  }
}
