/**
 * The environment of a process, as `NAME=value` in order.
 *
 * Source  docker's rules: moby container/env.go (replace in place; a name without a value removes), docker cli
 *         opts/envfile.go; runc for HOME.
 */
import {InvalidRunOptionError} from '../errors.js';

export const DEFAULT_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The caller's own variables, as process.env. */
export type OwnEnvironment = Readonly<Record<string, string | undefined>>;

const ownValue = (own: OwnEnvironment, name: string): string | undefined =>
  Object.hasOwn(own, name) ? own[name] : undefined;

const nameOf = (entry: string): string => entry.split('=', 1)[0] as string;

/** `changes` over `base`: a name keeps its place; a name without `=` is removed; the last of equals wins. */
export function mergeEnvironment(base: readonly string[], changes: readonly string[]): string[] {
  const values = new Map<string, string>();
  for (const entry of [...base, ...changes]) {
    if (entry.includes('=')) values.set(nameOf(entry), entry);
    else values.delete(entry);
  }
  return [...values.values()];
}

/** Adds `NAME=value` at the end unless the name is set. */
export function withDefault(env: readonly string[], entry: string): string[] {
  const name = nameOf(entry);
  return env.some((other) => nameOf(other) === name) ? [...env] : [...env, entry];
}

/**
 * The values of -e: `NAME=value`, or `NAME` alone, which takes the caller's own value and removes the image's when
 * there is none.
 */
export function parseEnvironmentOption(text: string, own: OwnEnvironment): string {
  if (nameOf(text) === '')
    throw new InvalidRunOptionError('--env', `no name in ${JSON.stringify(text)}`);
  const value = ownValue(own, text);
  return text.includes('=') || value === undefined ? text : `${text}=${value}`;
}

/** An --env-file: a line is what -e takes; empty lines and those that begin with # are skipped. */
export function parseEnvironmentFile(text: string, own: OwnEnvironment): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => fromFileLine(line, own));
}

function fromFileLine(line: string, own: OwnEnvironment): string[] {
  const name = nameOf(line);
  if (name === '' || /\s/.test(name)) {
    throw new InvalidRunOptionError(
      '--env-file',
      `want a name without white space before =, got ${JSON.stringify(line)}`,
    );
  }
  if (line.includes('=')) return [line];
  const value = ownValue(own, line);
  return value === undefined ? [] : [`${line}=${value}`];
}
