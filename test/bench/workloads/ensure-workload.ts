import {existsSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {contexts, type WorkloadName} from './contexts.js';

/** The context's directory, written once; its mark is beside it, for what is inside is copied. */
export function ensureWorkload(parent: string, name: WorkloadName): string {
  const directory = join(parent, name);
  const mark = `${directory}.done`;
  if (existsSync(mark)) return directory;
  rmSync(directory, {recursive: true, force: true});
  mkdirSync(directory, {recursive: true});
  contexts[name](directory);
  writeFileSync(mark, '');
  return directory;
}
