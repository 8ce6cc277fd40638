/** TypeScript that runs where tsbuild does: in the launcher's user and mount namespaces. */
import {bundled} from './bundled.js';

/** What `install`/dist/tsbuild is called with to run the script, a path below `install`. */
export const entered = (install: string, script: string, ...args: readonly string[]): string[] => [
  '--enter',
  bundled(script, install),
  ...args,
];

/** Removes a store with all that subordinate ids own in it. */
export const removingStore = (install: string, store: string): string[] =>
  entered(install, 'test/helpers/programs/remove-directory.ts', store);
