import {copyFileSync, linkSync} from 'node:fs';

/** A file has at most some 65,000 links on ext4. */
export function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMLINK') throw error;
    copyFileSync(source, target);
  }
}
