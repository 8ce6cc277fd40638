/** Expansion of an instruction's words with the variables from before it. */
import {ExpansionError, InvalidWordError} from '../dockerfile/errors.js';
import {type Expanded, type ExpandOptions, expand} from '../dockerfile/expand.js';
import type {Lines} from '../dockerfile/location.js';
import {variable, variableCount, variables} from './environment.js';
import {NAME_COST} from './instruction-cost.js';
import {reportUndefinedVar} from './lint/undefined-var.js';
import type {StageContext} from './stage-context.js';
import type {StageState} from './state.js';

interface ExpanderSubject {
  readonly lines: Lines;
  readonly comments?: readonly string[];
}

/** With the values as they are in `state`: `ENV a=1 b=$a` uses the `a` from before. All but `display` throw InvalidWordError. */
export class Expander {
  readonly #state: StageState;
  readonly #context: StageContext;
  readonly #subject: ExpanderSubject;
  readonly #unset = new Set<string>();

  constructor(state: StageState, context: StageContext, subject: ExpanderSubject) {
    this.#state = state;
    this.#context = context;
    this.#subject = subject;
  }

  /** Variables that `text`, `words` and `document` found without a value. */
  get unset(): readonly string[] {
    return [...this.#unset];
  }

  text(word: string): string {
    return this.#expanded(word).text;
  }

  /** Split at blanks no quote protects. */
  words(word: string): readonly string[] {
    return this.#expanded(word).words;
  }

  /** The text of a here-document: quotes are characters, the escape is a backslash in every file. */
  document(text: string): string {
    return this.#expanded(text, {escape: '\\', document: true}).text;
  }

  /** A line for people to read; never fails. */
  display(line: string, keepQuotes: boolean): string {
    try {
      return expand(line, {...this.#options(), display: keepQuotes}).text;
    } catch (error) {
      if (error instanceof ExpansionError) return line;
      throw error;
    }
  }

  #expanded(word: string, special?: {escape: '\\'; document: true}): Expanded {
    const options = special === undefined ? this.#options() : {...this.#options(), ...special};
    const expanded = expandAt(word, options, this.#subject.lines);
    for (const name of expanded.unset) {
      this.#unset.add(name);
      this.#report(name);
    }
    return expanded;
  }

  #options(): ExpandOptions {
    const {escape: escapeToken, allowance} = this.#context;
    const count = variableCount(this.#state);
    const lookup = (name: string) => {
      allowance.take(count);
      return variable(this.#state, name);
    };
    return {escape: escapeToken, lookup, allowance};
  }

  #report(name: string): void {
    if (this.#state.args.some(({key}) => key === name)) return;
    const found = {report: this.#context.report, subject: this.#subject};
    const known = variables(this.#state);
    this.#context.allowance.take(known.size * NAME_COST);
    reportUndefinedVar(name, known.keys(), found);
  }
}

/** Throws InvalidWordError with the lines. */
export function expandAt(word: string, options: ExpandOptions, lines: Lines): Expanded {
  try {
    return expand(word, options);
  } catch (error) {
    if (error instanceof ExpansionError) throw new InvalidWordError(word, {lines}, error);
    throw error;
  }
}
