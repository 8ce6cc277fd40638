/** The ignore file of a local directory. Source: docker build's reference, "Filename and location". */
import {existsSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {type IgnoreRule, parseIgnoreFile} from '../../dockerfile/ignore-file.js';

export interface IgnoreFile {
  /** Absent where there is none. */
  readonly name: string | undefined;
  readonly rules: readonly IgnoreRule[];
}

export const noIgnoreFile: IgnoreFile = {name: undefined, rules: []};

/** The one beside the Dockerfile beats the one of the directory. */
export function readIgnoreFile(directory: string, dockerfile?: string): IgnoreFile {
  const beside = dockerfile === undefined ? [] : [`${dockerfile}.dockerignore`];
  const path = [...beside, join(directory, '.dockerignore')].find((each) => existsSync(each));
  if (path === undefined) return noIgnoreFile;
  return {name: basename(path), rules: parseIgnoreFile(readFileSync(path, 'utf8'))};
}

export const patternsOf = ({rules}: IgnoreFile): readonly string[] =>
  rules.map(({pattern}) => pattern);
