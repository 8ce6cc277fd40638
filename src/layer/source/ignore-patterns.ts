/**
 * Patterns of a .dockerignore file, or of COPY --exclude, compiled.
 *
 * The last pattern that matches a path or one of its parents decides; one that begins with `!` re-includes. `**` stands
 * for any number of directories. Patterns are trimmed and cleaned, and a leading / is dropped.
 * Source  moby/patternmatcher: MatchesOrParentMatches, and its pattern quirks (`**x` is a suffix, `x**` a prefix).
 */
import {posix} from 'node:path';
import {BadPatternError} from '../errors.js';
import {type GlobToken, parseGlob, regexOf} from './glob.js';

/** What the patterns say of one path. */
export interface IgnoreMatch {
  readonly ignored: boolean;
  /** Index in the list given of the pattern that decided; -1 for none. */
  readonly decidedBy: number;
  /** For the paths below: which compiled patterns match this path or a parent. */
  readonly matched: readonly boolean[];
}

interface CompiledPattern {
  readonly index: number;
  readonly exception: boolean;
  readonly matches: (path: string) => boolean;
  /** Whether anything below this directory can match. */
  readonly reachesBelow: (directory: string) => boolean;
}

export class IgnorePatterns {
  readonly #patterns: readonly CompiledPattern[];
  readonly #top: IgnoreMatch;

  /** Throws BadPatternError with the pattern's index. Empty patterns are skipped. */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.flatMap((text, index) => compile(text, index) ?? []);
    this.#top = {ignored: false, decidedBy: -1, matched: this.#patterns.map(() => false)};
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /** `path` is relative, cleaned, slashes between; `parent` is the result for its directory, absent at the top. */
  match(path: string, parent: IgnoreMatch = this.#top): IgnoreMatch {
    let ignored = false;
    let decidedBy = -1;
    const matched = this.#patterns.map((pattern, index) => {
      const hit = parent.matched[index] === true || pattern.matches(path);
      if (hit && pattern.exception !== ignored) return hit;
      if (hit) {
        ignored = !pattern.exception;
        decidedBy = pattern.index;
      }
      return hit;
    });
    return {ignored, decidedBy, matched};
  }

  /** The same without what is known of the directory: looks at every parent. */
  matchPath(path: string): IgnoreMatch {
    const names = path.split('/');
    return names.reduce(
      (parent, _, index) => this.match(names.slice(0, index + 1).join('/'), parent),
      this.#top,
    );
  }

  /** Whether a pattern that is no exception may match something below a directory. */
  mayMatchBelow(directory: string): boolean {
    return this.#patterns.some((pattern) => !pattern.exception && pattern.reachesBelow(directory));
  }

  /** Whether an exception may bring back something below an ignored directory. */
  mayReinclude(directory: string): boolean {
    return this.#patterns.some((pattern) => pattern.exception && pattern.reachesBelow(directory));
  }
}

function compile(text: string, index: number): CompiledPattern | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const exception = trimmed.startsWith('!');
  const written = exception ? trimmed.slice(1).trim() : trimmed;
  if (written === '') throw new BadPatternError(text, index);
  const pattern = clean(written);
  try {
    return {index, exception, ...matcherOf(pattern)};
  } catch (error) {
    if (error instanceof BadPatternError) throw new BadPatternError(text, index);
    throw error;
  }
}

function clean(pattern: string): string {
  const normal = posix.normalize(pattern);
  const bare = normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
  return bare.length > 1 && bare.startsWith('/') ? bare.slice(1) : bare;
}

type Matcher = Pick<CompiledPattern, 'matches' | 'reachesBelow'>;

function matcherOf(pattern: string): Matcher {
  const tokens = parseGlob(pattern);
  const anywhere = () => true;
  if (tokens.every((token) => token.kind === 'literal') && !pattern.includes('\\')) {
    const below = `${pattern}/`;
    return {
      matches: (path) => path === pattern,
      reachesBelow: (directory) => below.startsWith(`${directory}/`),
    };
  }
  const inner = pattern.replace(/^\*\*|\*\*\/?$/g, '');
  const plain = !/[*?[\\\]]/.test(inner);
  if (pattern.startsWith('**') && plain && !/.\*\*\/?$/.test(pattern)) {
    const suffix = pattern.slice(2);
    const whole = suffix.startsWith('/') ? suffix.slice(1) : undefined;
    return {
      matches: (path) => path.endsWith(suffix) || path === whole,
      reachesBelow: anywhere,
    };
  }
  if (pattern.endsWith('**') && plain && !pattern.startsWith('**')) {
    const prefix = pattern.slice(0, -2);
    return {matches: (path) => path.startsWith(prefix), reachesBelow: anywhere};
  }
  const regex = new RegExp(`^${regexWithDoubleStars(tokens)}$`, 'su');
  return {matches: (path) => regex.test(path), reachesBelow: reachOf(tokens)};
}

/** Component by component, as far as no `**` stands for several. */
function reachOf(tokens: readonly GlobToken[]): Matcher['reachesBelow'] {
  const components = componentsOf(tokens);
  const open = components.findIndex(hasDoubleStar);
  const known = components
    .slice(0, open === -1 ? undefined : open)
    .map((component) => new RegExp(`^${regexOf(component)}$`, 'su'));
  return (directory) => {
    const names = directory.split('/');
    if (open === -1 && names.length >= components.length) return false;
    return known.every((regex, index) => index >= names.length || regex.test(names[index] ?? ''));
  };
}

function componentsOf(tokens: readonly GlobToken[]): GlobToken[][] {
  const components: GlobToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'literal' && token.text === '/') components.push([]);
    else components.at(-1)?.push(token);
  }
  return components;
}

const hasDoubleStar = (component: readonly GlobToken[]): boolean =>
  component.some(({kind}, at) => kind === 'star' && component[at + 1]?.kind === 'star');

/** `**` and a slash behind it are any number of directories, none included; at the end, everything. */
function regexWithDoubleStars(tokens: readonly GlobToken[]): string {
  let source = '';
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] as GlobToken;
    if (token.kind !== 'star' || tokens[at + 1]?.kind !== 'star') {
      source += regexOf([token]);
      continue;
    }
    at++;
    const next = tokens[at + 1];
    if (next?.kind === 'literal' && next.text === '/') at++;
    source += at + 1 < tokens.length ? '(?:.*\\/)?' : '.*';
  }
  return source;
}
