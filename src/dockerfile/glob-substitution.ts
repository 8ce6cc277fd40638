/**
 * The globs of `${x#p}`, `${x%p}` and `${x/p/r}`: `*` any run, `?` any character, neither a line end.
 *
 * Matching walks sets of positions, never backtracks: time is pattern × value whatever the pattern.
 * Source  buildkit v0.26 shell/lex.go, convertShellPatternToRegex.
 */
import {ExpansionError} from './errors.js';

type GlobToken = {readonly kind: 'any' | 'one'} | {readonly kind: 'literal'; readonly char: string};
export type Glob = readonly GlobToken[];

/** The escape may stand before `*`, `?`, itself, and before `}` and `/`, where it only hides them from `${}`. */
export function compileGlob(pattern: string, escapeToken: string): Glob {
  const chars = Array.from(pattern);
  const tokens: GlobToken[] = [];
  for (let at = 0; at < chars.length; at++) {
    let char = chars[at] ?? '';
    if (char === '*') tokens.push({kind: 'any'});
    else if (char === '?') tokens.push({kind: 'one'});
    else {
      if (char === escapeToken) {
        char = chars[++at] ?? '';
        if (char === '' || !`*?}/${escapeToken}`.includes(char)) {
          throw new ExpansionError(
            `invalid pattern (${pattern}) in substitution: invalid escape '${escapeToken}${char}'`,
          );
        }
      }
      tokens.push({kind: 'literal', char});
    }
  }
  return tokens;
}

export function trimPrefix(value: string, glob: Glob, longest: boolean): string {
  const chars = Array.from(value);
  const end = matchAt(chars, 0, glob, longest);
  return end === undefined ? value : chars.slice(end).join('');
}

export function trimSuffix(value: string, glob: Glob, longest: boolean): string {
  const reversed = Array.from(value).reverse();
  const end = matchAt(reversed, 0, glob.toReversed(), longest);
  return end === undefined ? value : reversed.slice(end).reverse().join('');
}

/** Leftmost, longest; an empty match replaces nothing. */
export function replaceGlob(
  value: string,
  glob: Glob,
  {replacement, all}: {replacement: string; all: boolean},
): string {
  const chars = Array.from(value);
  let out = '';
  for (let at = 0; at < chars.length; ) {
    const end = matchAt(chars, at, glob, true);
    if (end === undefined || end === at) {
      out += chars[at++];
      continue;
    }
    out += replacement;
    at = end;
    if (!all) return out + chars.slice(at).join('');
  }
  return out;
}

/** Where a match that starts at `start` ends. */
function matchAt(
  chars: readonly string[],
  start: number,
  glob: Glob,
  longest: boolean,
): number | undefined {
  let ends = new Set([start]);
  for (const token of glob) {
    const next = new Set<number>();
    for (const end of ends) {
      if (token.kind === 'any') {
        for (let at = end; !next.has(at); at++) {
          next.add(at);
          if (at >= chars.length || chars[at] === '\n') break;
        }
      } else if (end < chars.length && accepts(token, chars[end] ?? '')) next.add(end + 1);
    }
    if (next.size === 0) return undefined;
    ends = next;
  }
  let best = start;
  let first = true;
  for (const end of ends) {
    if (first || (longest ? end > best : end < best)) best = end;
    first = false;
  }
  return best;
}

const accepts = (token: GlobToken, char: string): boolean =>
  token.kind === 'literal' ? token.char === char : char !== '\n';
