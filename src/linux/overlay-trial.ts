import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {SystemCallError} from './errors.js';
import {mountOverlay, unmount} from './mount.js';

/**
 * Mounts a writable overlay below `folder`, removes a file through it, and cleans up.
 *
 * Answers the name of the errno that stood in the way, undefined when all went well. Needs a mount namespace of its
 * own; what cannot be written to at all throws as node:fs does.
 */
export function tryOverlay(folder: string): string | undefined {
  const base = mkdtempSync(join(folder, 'overlay-trial-'));
  const at = (name: string): string => join(base, name);
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(at(name));
  writeFileSync(at('lower/file'), '');
  let mounted = false;
  try {
    mountOverlay({
      lowers: [at('lower')],
      upper: at('upper'),
      work: at('work'),
      target: at('merged'),
    });
    mounted = true;
    rmSync(at('merged/file'));
    return undefined;
  } catch (error) {
    if (error instanceof SystemCallError) return error.errno;
    return (error as NodeJS.ErrnoException).code ?? 'EIO';
  } finally {
    if (mounted) unmount(at('merged'), {detach: true});
    rmSync(base, {recursive: true, force: true});
  }
}
