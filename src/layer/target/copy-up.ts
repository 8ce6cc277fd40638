import {readlinkSync} from 'node:fs';
import {asPath, type ByteString} from '../../archive/byte-string.js';
import {isFile, isSymlink, S_IFMT} from '../overlay-form.js';
import {copyContent} from './copy-content.js';
import type {Found} from './lower-stack.js';
import {metadataOf} from './metadata.js';
import type {TargetDirectory, TargetTree} from './target-tree.js';

/** Brings a lower layer's file to the same place in the upper, as overlayfs does before a link or a write. */
export function copyUp(
  tree: TargetTree,
  directory: TargetDirectory,
  name: ByteString,
  found: Found,
): void {
  tree.touch(directory);
  const path = `${directory.path}/${name}`;
  const metadata = metadataOf(found.path, found.stat);
  if (isSymlink(found.stat)) {
    const target = readlinkSync(asPath(found.path), 'latin1');
    tree.files.makeSymlink(path, target, directory, metadata);
  } else if (isFile(found.stat)) {
    const file = tree.files.openFile(path, metadata);
    copyContent(found.path, file, found.stat.size);
    tree.files.closeFile(file, path, directory, metadata);
  } else {
    const node = {kind: found.stat.mode & S_IFMT, device: found.stat.rdev};
    tree.files.makeNode(path, node, directory, metadata);
  }
}
