/** The sources of COPY --parents: `base/./path`, of which the path is kept. */
import {posix} from 'node:path';
import {hasWildcard} from './glob.js';
import {IgnorePatterns} from './ignore-patterns.js';

export interface Wanted {
  /** Undefined is everything. */
  readonly patterns: IgnorePatterns | undefined;
  /** The path, when it is one, and must be there. */
  readonly plain: string | undefined;
}

/** Throws BadPatternError. */
export function parentsOf(source: string): {base: string; wanted: Wanted} {
  const pivot = source.indexOf('/./');
  const path = posix.join('/', source.slice(pivot + 3)).replace(/(.)\/$/, '$1');
  const isPlain = !path.split('/').some(hasWildcard);
  return {
    base: source.slice(0, pivot),
    wanted: {
      // A slash in front: the path is no exception, whatever it begins with.
      patterns: path === '/' ? undefined : new IgnorePatterns([path]),
      plain: isPlain && path !== '/' ? path : undefined,
    },
  };
}

/** Whether a path that must be there is not among what was found: that many entries. */
export const isMissing = (found: number, wanted: Wanted | undefined): boolean =>
  wanted?.plain !== undefined && found < 2;
