/** Expansion of an instruction's words with the variables from before it. */
import {ExpansionError, InvalidWordError} from '../dockerfile/errors.js';
import {type Expanded, expand} from '../dockerfile/expand.js';
import type {Lines} from '../dockerfile/location.js';
import {variable, variableNames} from './environment.js';
import {reportUndefinedVar} from './lint/undefined-var.js';
import type {StageContext} from './stage-context.js';
import type {StageState} from './state.js';

export interface Expander {
  (word: string): string;
  /** Split at blanks no quote protects. */
  readonly words: (word: string) => readonly string[];
  /** The text of a here-document: quotes are characters, the escape is a backslash in every file. */
  readonly document: (text: string) => string;
  /** A line for people to read; never fails. */
  readonly display: (line: string, keepQuotes: boolean) => string;
}

/** Takes the values as they are in `state`: `ENV a=1 b=$a` uses the `a` from before. */
export function expander(
  state: StageState,
  context: StageContext,
  subject: {readonly lines: Lines; readonly comments?: readonly string[]},
): Expander {
  const {lines} = subject;
  const {report} = context;
  const lookup = (name: string): string | undefined => variable(state, name);
  const run = (word: string, options?: {escape: '\\'; document: true}): Expanded => {
    const expanded = expandAt(word, {escape: context.escape, lookup, ...options}, lines);
    for (const name of expanded.unset) {
      const declared = state.args.some(({key}) => key === name);
      if (!declared) reportUndefinedVar(name, variableNames(state), {report, subject});
    }
    return expanded;
  };
  const display = (line: string, keepQuotes: boolean): string => {
    try {
      return expand(line, {escape: context.escape, lookup, display: keepQuotes}).text;
    } catch (error) {
      if (error instanceof ExpansionError) return line;
      throw error;
    }
  };
  return Object.assign((word: string) => run(word).text, {
    words: (word: string) => run(word).words,
    document: (text: string) => run(text, {escape: '\\', document: true}).text,
    display,
  });
}

/** Throws InvalidWordError with the lines. */
export function expandAt(
  word: string,
  options: Parameters<typeof expand>[1],
  lines: Lines,
): Expanded {
  try {
    return expand(word, options);
  } catch (error) {
    if (error instanceof ExpansionError) throw new InvalidWordError(word, {lines}, error);
    throw error;
  }
}
