/** Lays packages into a tree as dpkg would, in one pass. */
import {basename} from 'node:path';
import {type Deb, readDeb} from '../apt/deb.js';
import {downloadPackages} from '../apt/download.js';
import {controlField, recordInstalled} from '../apt/dpkg-database.js';
import {FileTree, symlink} from '../file-tree.js';
import {slim} from './slim.js';

const MERGED = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

/** An empty root whose /bin, /sbin and /lib are links into /usr, as Debian 12 wants it before the first package. */
export function mergedRoot(): FileTree {
  const tree = new FileTree();
  for (const name of MERGED) tree.put(name, symlink(`usr/${name}`));
  return tree;
}

/** Adds the packages, and what they depend on, that the tree lacks. */
export async function installPackages(
  tree: FileTree,
  packages: readonly string[],
  cache: string,
): Promise<void> {
  const status = `\n${tree.get('var/lib/dpkg/status')?.data.toString('utf8') ?? ''}`;
  const debs: Deb[] = [];
  for (const path of downloadPackages(cache, packages)) {
    const name = basename(path).split('_')[0];
    if (!status.includes(`\nPackage: ${name}\n`)) debs.push(slim(await readDeb(path)));
  }
  // the first to name a directory decides its mode, and base-files owns those of the root
  debs.sort((a, b) => rank(a) - rank(b));
  for (const deb of debs) for (const [path, node] of deb.files) tree.put(path, node);
  recordInstalled(tree, debs);
}

const rank = (deb: Deb): number => (controlField(deb, 'Package') === 'base-files' ? 0 : 1);
