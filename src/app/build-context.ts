/**
 * The directory a build reads from, its Dockerfile, and what it ignores.
 *
 * Source  docker build's reference: `-f` is relative to the working directory and may lie outside the context;
 *         `<Dockerfile>.dockerignore` beats `.dockerignore`.
 */
import {existsSync, readFileSync, statSync} from 'node:fs';
import {basename, join, resolve} from 'node:path';
import {parseIgnoreFile} from '../dockerfile/ignore-file.js';
import {BuildContextError, NoDockerfileError} from './errors.js';

export interface BuildContext {
  /** Absolute. */
  readonly directory: string;
  readonly dockerfile: {readonly name: string; readonly text: string};
  /** Patterns of the ignore file, in order. */
  readonly ignore: readonly string[];
}

export function openBuildContext(context: string, dockerfile?: string): BuildContext {
  const directory = resolve(context);
  const stat = statSync(directory, {throwIfNoEntry: false});
  if (!stat) throw new BuildContextError(context, 'nothing at that path');
  if (!stat.isDirectory()) throw new BuildContextError(context, 'a file');
  const path = dockerfile === undefined ? discover(directory) : resolve(dockerfile);
  return {
    directory,
    dockerfile: {name: basename(path), text: readDockerfile(path)},
    ignore: readIgnore([`${path}.dockerignore`, join(directory, '.dockerignore')]),
  };
}

function discover(directory: string): string {
  const lower = join(directory, 'dockerfile');
  const usual = join(directory, 'Dockerfile');
  return !existsSync(usual) && existsSync(lower) ? lower : usual;
}

function readDockerfile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new NoDockerfileError(path, error);
  }
}

function readIgnore(candidates: readonly string[]): readonly string[] {
  const found = candidates.find((path) => existsSync(path));
  return found === undefined ? [] : parseIgnoreFile(readFileSync(found, 'utf8'));
}
