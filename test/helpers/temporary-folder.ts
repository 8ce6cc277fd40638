import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {removeTree} from '../../src/base/remove-tree.js';

/** An empty folder that is gone when its owner goes out of scope. */
export function temporaryFolder(): AsyncDisposable & {readonly path: string} {
  const path = mkdtempSync(join(tmpdir(), 'tsbuild-test-'));
  return {path, [Symbol.asyncDispose]: async () => removeTree(path)};
}
