/**
 * Parser directives: `# syntax=`, `# escape=` and `# check=` before everything else.
 *
 * Takes   the physical lines of the file.
 * Returns their values and how many lines they take; the first line that is no known directive ends them.
 * Throws  DockerfileParseError for a repeated directive or an escape other than backslash and backtick.
 * Source  docker's Dockerfile reference, "Parser directives"; buildkit v0.26 parser/directives.go.
 *
 * dockerfile-ast reads directives after an unknown one, takes the first of two, and accepts any escape value: so this is ours.
 */
import {DockerfileParseError} from './errors.js';

export interface Directives {
  readonly escape: '\\' | '`';
  readonly syntax: string | undefined;
  readonly check: {readonly text: string; readonly line: number} | undefined;
  /** Lines at the start of the file to skip. */
  readonly lineCount: number;
}

const pattern = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+)$/;
const known = new Set(['syntax', 'escape', 'check']);

export function parseDirectives(lines: readonly string[]): Directives {
  const found = new Map<string, string>();
  let check: Directives['check'];
  // A `#!` line lets a Dockerfile be executable; docker's syntax detection skips it too.
  let index = lines[0]?.startsWith('#!') ? 1 : 0;
  for (; index < lines.length; index++) {
    const match = pattern.exec((lines[index] ?? '').trim());
    const key = match?.[1]?.toLowerCase();
    if (key === undefined || !known.has(key)) break;
    if (found.has(key)) fail(`only one ${key} parser directive can be used`, index);
    const value = match?.[2] ?? '';
    if (key === 'escape' && value !== '`' && value !== '\\') {
      fail(`invalid escape token '${value}' does not match \` or \\`, index);
    }
    found.set(key, value);
    if (key === 'check') check = {text: value, line: index + 1};
  }
  return {
    escape: found.get('escape') === '`' ? '`' : '\\',
    syntax: found.get('syntax'),
    check,
    lineCount: index,
  };
}

function fail(what: string, index: number): never {
  throw new DockerfileParseError(what, {lines: {first: index + 1, last: index + 1}});
}
