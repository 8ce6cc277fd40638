import {lstatSync, readdirSync} from 'node:fs';
import {asPath, fromText} from '../../archive/byte-string.js';

/** The newest time below a directory that is older than `before`, both in seconds; undefined when there is none. Symlinks are not followed. */
export function newestTime(directory: string, before: number): number | undefined {
  let newest: number | undefined;
  const folders = [fromText(directory)];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of readdirSync(asPath(folder), 'latin1')) {
      const path = `${folder}/${name}`;
      const stat = lstatSync(asPath(path));
      const time = Math.floor(stat.mtimeMs / 1000);
      if (time < before && (newest === undefined || time > newest)) newest = time;
      if (stat.isDirectory()) folders.push(path);
    }
  }
  return newest;
}
