/**
 * The text of a .dockerignore → its patterns in order, cleaned, `!` kept in front.
 *
 * `#` is a comment in column 0 only; blanks around a pattern go; a leading slash goes.
 * Source  moby/patternmatcher ignorefile.ReadAll.
 */
import {posix} from 'node:path';

export function parseIgnoreFile(text: string): string[] {
  const patterns: string[] = [];
  for (const line of text.replace(/^\ufeff/, '').split('\n')) {
    if (line.startsWith('#')) continue;
    const trimmed = line.trim();
    if (trimmed === '') continue;
    const negated = trimmed.startsWith('!');
    const pattern = cleanPattern(negated ? trimmed.slice(1).trim() : trimmed);
    patterns.push(negated ? `!${pattern}` : pattern);
  }
  return patterns;
}

function cleanPattern(pattern: string): string {
  if (pattern === '') return '';
  const clean = posix.normalize(pattern);
  const bare = clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
  return bare.length > 1 && bare.startsWith('/') ? bare.slice(1) : bare;
}
