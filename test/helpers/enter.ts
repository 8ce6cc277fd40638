/** TypeScript that runs where tsbuild does: in the launcher's user and mount namespaces. */
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

export interface Entered {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What `install`/dist/tsbuild is called with to run the script, a path below `install`. */
export function entered(install: string, script: string, ...args: readonly string[]): Entered {
  const loader = pathToFileURL(join(install, 'node_modules/tsx/dist/loader.mjs'));
  return {
    args: ['--enter', join(install, script), ...args],
    env: {NODE_OPTIONS: `--import=${loader}`},
  };
}

/** Removes a store with all that subordinate ids own in it. */
export const removingStore = (install: string, store: string): Entered =>
  entered(install, 'test/helpers/remove-directory.ts', store);
