/**
 * The text of a .dockerignore → its rules in order; patterns cleaned, `!` kept in front.
 *
 * `#` is a comment in column 0 only; blanks around a pattern go; a leading slash goes.
 * Source  moby/patternmatcher ignorefile.ReadAll.
 */
import {posix} from 'node:path';

export interface IgnoreRule {
  readonly pattern: string;
  /** Of the file, from 1. */
  readonly line: number;
}

export function parseIgnoreFile(text: string): IgnoreRule[] {
  const rules: IgnoreRule[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (line.startsWith('#')) continue;
    const trimmed = line.trim();
    if (trimmed === '') continue;
    const negated = trimmed.startsWith('!');
    const pattern = cleanPattern(negated ? trimmed.slice(1).trim() : trimmed);
    rules.push({pattern: negated ? `!${pattern}` : pattern, line: index + 1});
  }
  return rules;
}

function cleanPattern(pattern: string): string {
  if (pattern === '') return '';
  const clean = posix.normalize(pattern);
  const bare = clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
  return bare.length > 1 && bare.startsWith('/') ? bare.slice(1) : bare;
}
