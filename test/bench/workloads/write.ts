/** Writing build contexts with fixed modes and times. */
import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';

const TIME = 1_700_000_000;

export function write(path: string, data: string | Buffer, mode = 0o644): void {
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, data);
  chmodSync(path, mode);
}

export function link(path: string, target: string): void {
  mkdirSync(dirname(path), {recursive: true});
  symlinkSync(target, path);
}

/** Gives everything below one time, children first. */
export function stamp(directory: string): void {
  for (const entry of readdirSync(directory, {withFileTypes: true})) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) stamp(path);
    else if (entry.isSymbolicLink()) lutimesSync(path, TIME, TIME);
    else utimesSync(path, TIME, TIME);
  }
  utimesSync(directory, TIME, TIME);
}
