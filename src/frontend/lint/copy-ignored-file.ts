import {posix} from 'node:path';
import type {AddInstruction, CopyInstruction} from '../../dockerfile/instruction.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';
import {BadPatternError} from '../../layer/errors.js';
import {IgnorePatterns} from '../../layer/source/ignore-patterns.js';

const rule: LintRule = {
  name: 'CopyIgnoredFile',
  description: 'Attempting to Copy file that is excluded by .dockerignore',
  experimental: true,
};

/** Whether the ignore file hides a path of the context. */
export type IsIgnored = (path: string) => boolean;

/**
 * What the patterns hide for certain: with an exception among them nothing is, and the whole context is hidden only by
 * a pattern for all of it. Patterns that cannot be read hide nothing; reading the context says what is wrong with them.
 */
export function hiddenBy(patterns: readonly string[]): IsIgnored {
  const written = patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== '');
  if (written.length === 0 || written.some((pattern) => pattern.startsWith('!')))
    return () => false;
  const all = written.some((pattern) => /^\/?(\*|\*\*|\*\*\/\*)$/.test(pattern));
  const compiled = compile(written);
  return (path) => {
    const clean = posix.normalize(`/${path}`).replace(/^\/+|\/+$/g, '');
    return clean === '' ? all : compiled?.matchPath(clean).ignored === true;
  };
}

function compile(patterns: readonly string[]): IgnorePatterns | undefined {
  try {
    return new IgnorePatterns(patterns);
  } catch (error) {
    if (error instanceof BadPatternError) return undefined;
    throw error;
  }
}

/** `sources`: expanded, of the context alone. */
export function checkCopyIgnoredFile(
  instruction: CopyInstruction | AddInstruction,
  {sources, isIgnored}: {sources: readonly string[]; isIgnored: IsIgnored},
  report: Report,
): void {
  const verb = instruction.kind === 'add' ? 'Add' : 'Copy';
  for (const source of sources) {
    if (!isIgnored(source)) continue;
    const path = JSON.stringify(posix.normalize(source).replace(/(.)\/$/, '$1'));
    report(
      rule,
      `Attempting to ${verb} file ${path} that is excluded by .dockerignore`,
      instruction,
    );
  }
}
