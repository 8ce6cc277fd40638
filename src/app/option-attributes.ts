/** The attributes of one `--output`, `--cache-to` or `--mount`, `type=TYPE,NAME=VALUE…`, each asked for by name: what nobody asked for was a mistake. */
import {csvFields} from '../base/csv-fields.js';
import {didYouMean} from '../dockerfile/did-you-mean.js';
import {InvalidOptionError} from './errors.js';

/** A line of CSV, names in lower case; one of `words` may stand alone, with an empty value. Throws InvalidOptionError. */
export function attributesOf(
  text: string,
  option: string,
  words: readonly string[] = [],
): Map<string, string> {
  const fields = csvFields(text);
  if (fields === undefined) throw invalid(option, `want CSV, got ${JSON.stringify(text)}`);
  return new Map(
    fields.map((field) =>
      words.includes(field.toLowerCase()) ? [field.toLowerCase(), ''] : attribute(field, option),
    ),
  );
}

function attribute(field: string, option: string): [name: string, value: string] {
  const equals = field.indexOf('=');
  if (equals === -1) throw invalid(option, `want NAME=VALUE, got ${JSON.stringify(field)}`);
  return [field.slice(0, equals).trim().toLowerCase(), field.slice(equals + 1)];
}

const invalid = (option: string, problem: string): InvalidOptionError =>
  new InvalidOptionError(option, problem);

export class OptionAttributes {
  /** As it is typed: `--output`. */
  readonly option: string;
  readonly #type: string;
  readonly #values: Map<string, string>;
  readonly #asked = new Set<string>();

  constructor(option: string, type: string, values: ReadonlyMap<string, string>) {
    this.option = option;
    this.#type = type;
    this.#values = new Map(values);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string | undefined {
    this.#asked.add(name);
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value;
  }

  /** All whose names match: what the pattern caught of them, and their values. */
  family(pattern: RegExp): readonly {parts: readonly (string | undefined)[]; value: string}[] {
    return [...this.#values.keys()].flatMap((name) => {
      const [, ...parts] = pattern.exec(name) ?? [];
      if (parts.length === 0) return [];
      return [{parts, value: this.text(name) ?? ''}];
    });
  }

  /** An empty value is true, as docker has it. */
  truth(name: string, otherwise: boolean): boolean {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    if (/^(1|t|true)?$/i.test(value)) return true;
    if (/^(0|f|false)$/i.test(value)) return false;
    throw this.#invalid(`${name}: want true or false, got ${JSON.stringify(value)}`);
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^\d{1,9}$/.test(value)) return Number(value);
    throw this.#invalid(`${name}: want a whole number, got ${JSON.stringify(value)}`);
  }

  choice<Choice extends string>(
    name: string,
    choices: readonly [Choice, ...Choice[]],
    otherwise = choices[0],
  ): Choice {
    const value = this.text(name);
    if (value === undefined) return otherwise;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw this.#invalid(`${name}: want ${choices.join(', ')}, got ${JSON.stringify(value)}`);
  }

  /** Throws for one that was not asked for. */
  finish(): void {
    const [name] = this.#values.keys();
    if (name === undefined) return;
    const known = [...this.#asked].sort().join(', ') || 'none';
    const near = didYouMean(name, this.#asked);
    throw this.#invalid(
      `${name}: type=${this.#type} has no such attribute${near}; it has ${known}`,
    );
  }

  #invalid(problem: string): InvalidOptionError {
    return invalid(this.option, problem);
  }
}
