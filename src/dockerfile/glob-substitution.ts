/**
 * The globs of `${x#p}`, `${x%p}` and `${x/p/r}`: `*` any run, `?` any character, neither a line end.
 *
 * Matching walks sets of positions, never backtracks: time is pattern × value whatever the pattern, once for each place where a
 * match may begin. `spend` is told of each step, and ends it by throwing.
 * Source  buildkit v0.26 shell/lex.go, convertShellPatternToRegex.
 */
import {ExpansionError} from './errors.js';
import {boundLength} from './word-collector.js';

type GlobToken = {readonly kind: 'any' | 'one'} | {readonly kind: 'literal'; readonly char: string};
export type Glob = readonly GlobToken[];

/** The escape may stand before `*`, `?`, itself, and before `}` and `/`, where it only hides them from `${}`. */
export function compileGlob(pattern: string, escapeToken: '\\' | '`'): Glob {
  const pieces = pattern.match(escapeToken === '`' ? /`?[\s\S]/gu : /\\?[\s\S]/gu) ?? [];
  return pieces.map((piece) => {
    if (piece === '*') return {kind: 'any'};
    if (piece === '?') return {kind: 'one'};
    if (!piece.startsWith(escapeToken)) return {kind: 'literal', char: piece};
    const char = piece.slice(1);
    if (char !== '' && `*?}/${escapeToken}`.includes(char)) return {kind: 'literal', char};
    throw new ExpansionError(
      `invalid pattern (${pattern}) in substitution: invalid escape '${piece}'`,
    );
  });
}

type Spend = (steps: number) => void;

interface Trim {
  readonly longest: boolean;
  readonly spend: Spend;
}

export function trimPrefix(value: string, glob: Glob, {longest, spend}: Trim): string {
  const chars = Array.from(value);
  const end = matchAt({chars, start: 0, glob, spend}, longest);
  return end === undefined ? value : chars.slice(end).join('');
}

export function trimSuffix(value: string, glob: Glob, {longest, spend}: Trim): string {
  const chars = Array.from(value).reverse();
  const end = matchAt({chars, start: 0, glob: glob.toReversed(), spend}, longest);
  return end === undefined ? value : chars.slice(end).reverse().join('');
}

/** Leftmost, longest; an empty match replaces nothing. */
export function replaceGlob(
  value: string,
  glob: Glob,
  {replacement, all, spend}: {replacement: string; all: boolean; spend: Spend},
): string {
  const chars = Array.from(value);
  let out = '';
  for (let at = 0; at < chars.length; ) {
    const end = matchAt({chars, start: at, glob, spend}, true);
    if (end === undefined || end === at) {
      out += chars[at++];
      continue;
    }
    out += replacement;
    boundLength(out);
    at = end;
    if (!all) return out + chars.slice(at).join('');
  }
  return out;
}

interface Attempt {
  readonly chars: readonly string[];
  readonly start: number;
  readonly glob: Glob;
  readonly spend: Spend;
}

/** In characters of an allowance. */
const STEP_COST = 8;

/** Where a match that starts at `start` ends. */
function matchAt({chars, start, glob, spend}: Attempt, longest: boolean): number | undefined {
  let ends: readonly number[] = [start];
  for (const token of glob) {
    spend(ends.length * STEP_COST);
    ends = token.kind === 'any' ? afterAny(chars, ends) : afterOne(chars, ends, token);
    if (ends.length === 0) return undefined;
  }
  return longest ? ends.at(-1) : ends[0];
}

/** Every place from each end to its line's end. */
function afterAny(chars: readonly string[], ends: readonly number[]): number[] {
  const next = new Set<number>();
  for (const end of ends) {
    for (let at = end; at <= chars.length && !next.has(at); at++) {
      next.add(at);
      if (chars[at] === '\n') break;
    }
  }
  return [...next];
}

const afterOne = (chars: readonly string[], ends: readonly number[], token: GlobToken): number[] =>
  ends
    .filter((end) => end < chars.length && accepts(token, chars[end] ?? ''))
    .map((end) => end + 1);

const accepts = (token: GlobToken, char: string): boolean =>
  token.kind === 'literal' ? token.char === char : char !== '\n';
