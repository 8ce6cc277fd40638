/**
 * Glob patterns as Go's path/filepath.Match reads them, which is how docker reads the sources of COPY.
 *
 *   *        any characters but /
 *   ?        one character but /
 *   [a-z]    one of a class, [^a-z] one that is not
 *   \c       the character c
 *
 * Source  Go, path/filepath § Match.
 */
import {BadPatternError} from '../errors.js';

export type GlobToken =
  | {readonly kind: 'literal'; readonly text: string}
  | {readonly kind: 'star'}
  | {readonly kind: 'question'}
  | {
      readonly kind: 'class';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    };

/** Throws BadPatternError, whose index is -1. */
export function parseGlob(pattern: string): GlobToken[] {
  const characters = [...pattern];
  const tokens: GlobToken[] = [];
  let at = 0;
  while (at < characters.length) {
    const character = characters[at++] as string;
    if (character === '*') {
      tokens.push({kind: 'star'});
    } else if (character === '?') {
      tokens.push({kind: 'question'});
    } else if (character === '[') {
      const parsed = parseClass(characters, at, pattern);
      tokens.push(parsed.token);
      at = parsed.next;
    } else if (character === '\\') {
      const escaped = characters[at++];
      if (escaped === undefined) throw new BadPatternError(pattern, -1);
      tokens.push({kind: 'literal', text: escaped});
    } else {
      tokens.push({kind: 'literal', text: character});
    }
  }
  return tokens;
}

function parseClass(
  characters: readonly string[],
  start: number,
  pattern: string,
): {token: GlobToken; next: number} {
  const negated = characters[start] === '^';
  const ranges: [number, number][] = [];
  let at = negated ? start + 1 : start;
  const character = (): number => {
    if (characters[at] === '-' || characters[at] === ']') throw new BadPatternError(pattern, -1);
    if (characters[at] === '\\') at++;
    const text = characters[at++];
    if (text === undefined || at >= characters.length) throw new BadPatternError(pattern, -1);
    return text.codePointAt(0) as number;
  };
  while (characters[at] !== ']' || ranges.length === 0) {
    const low = character();
    let high = low;
    if (characters[at] === '-') {
      at++;
      high = character();
    }
    ranges.push([low, high]);
  }
  return {token: {kind: 'class', negated, ranges}, next: at + 1};
}

/** The part of a regular expression, with the u flag, that matches what the tokens match. */
export const regexOf = (tokens: readonly GlobToken[]): string => tokens.map(regexOfToken).join('');

function regexOfToken(token: GlobToken): string {
  switch (token.kind) {
    case 'literal':
      return token.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    case 'star':
      return '[^\\/]*';
    case 'question':
      return '[^\\/]';
    case 'class': {
      const character = (code: number) => `\\u{${code.toString(16)}}`;
      const ranges = token.ranges
        .filter(([low, high]) => low <= high)
        .map(([low, high]) => `${character(low)}-${character(high)}`);
      return `[${token.negated ? '^' : ''}${ranges.join('')}]`;
    }
  }
}

/** Whether a name matches, as a function to call many times. Throws BadPatternError. */
export function compileGlob(pattern: string): (name: string) => boolean {
  const regex = new RegExp(`^${regexOf(parseGlob(pattern))}$`, 'u');
  return (name) => regex.test(name);
}

/** Whether a path component is more than a name. */
export const hasWildcard = (component: string): boolean =>
  /[*?[]/.test(component.replace(/\\./gu, ''));

/** A source that stands for the path itself, whatever its characters mean in a pattern. */
export const literalSource = (path: string): string =>
  hasWildcard(path.replaceAll('\\', ''))
    ? path.replaceAll('\\', '\\\\').replaceAll(/[*?[]/g, '[$&]')
    : path;
