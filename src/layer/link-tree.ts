/**
 * A layer's files in a second place, as COPY --link needs them on another root: directories are made again, all else is
 * a hard link. Layers are never written to, so both may share.
 */
import {linkSync, readdirSync} from 'node:fs';
import {asPath, type ByteString, fromText} from '../archive/byte-string.js';
import {isDirectory} from './overlay-form.js';
import {lstat} from './target/lower-stack.js';
import {metadataOf} from './target/metadata.js';
import {readRecordedOwners, writeRecordedOwners} from './target/recorded-owners.js';
import {type TargetDirectory, TargetTree} from './target/target-tree.js';

/** `layer` knows no deletions: it was made on the empty root. `upper` is empty, on the same file system. */
export function linkTree(layer: string, upper: string): void {
  const tree = new TargetTree({upper, lowers: []});
  linkDirectory(fromText(layer), tree.root, tree);
  tree.files.finish();
  writeRecordedOwners(fromText(upper), readRecordedOwners(fromText(layer)));
}

function linkDirectory(from: ByteString, to: TargetDirectory, tree: TargetTree): void {
  for (const name of readdirSync(asPath(from), 'latin1')) {
    const path = `${from}/${name}`;
    const stat = lstat(path);
    if (stat === undefined || !isDirectory(stat)) {
      linkSync(asPath(path), asPath(`${to.path}/${name}`));
    } else {
      linkDirectory(path, tree.makeDirectory(to, name, metadataOf(path, stat)), tree);
    }
  }
}
