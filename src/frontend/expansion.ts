/** Expansion of an instruction's words with the variables from before it. */
import {didYouMean} from '../dockerfile/did-you-mean.js';
import {ExpansionError, InvalidWordError} from '../dockerfile/errors.js';
import {type Expanded, expand} from '../dockerfile/expand.js';
import type {Lines} from '../dockerfile/location.js';
import type {BuildWarning} from './build-definition.js';
import {variable, variableNames} from './environment.js';
import type {StageContext} from './stage-context.js';
import type {StageState} from './state.js';

export interface Expander {
  (word: string): string;
  /** Split at blanks no quote protects. */
  readonly words: (word: string) => readonly string[];
  /** A line for people to read; never fails. */
  readonly display: (line: string, keepQuotes: boolean) => string;
}

/** Takes the values as they are in `state`: `ENV a=1 b=$a` uses the `a` from before. */
export function expander(
  state: StageState,
  context: StageContext,
  {lines}: {readonly lines: Lines},
): Expander {
  const lookup = (name: string): string | undefined => variable(state, name);
  const run = (word: string): Expanded => {
    const expanded = expandAt(word, {escape: context.escape, lookup}, lines);
    for (const name of expanded.unset) {
      const declared = state.args.some(({key}) => key === name);
      if (!declared) context.warn(undefinedVariable(name, variableNames(state), lines));
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

function undefinedVariable(name: string, known: readonly string[], lines: Lines): BuildWarning {
  const near = didYouMean(name, known).replace('mean ', 'mean $');
  return {rule: 'UndefinedVar', message: `Usage of undefined variable '$${name}'${near}`, lines};
}
