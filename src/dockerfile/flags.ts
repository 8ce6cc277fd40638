/**
 * The `--name=value` words in front of an instruction's arguments, read against what the instruction knows.
 *
 * Throws  UnknownFlagError with the nearest name; DockerfileParseError for a repeated flag, a missing value or a
 *         boolean that is none; UnsupportedSyntaxError for what docker knows and tsbuild does not.
 * Source  buildkit v0.26 instructions/bflag.go.
 */
import {
  DockerfileParseError,
  type Place,
  UnknownFlagError,
  UnsupportedSyntaxError,
} from './errors.js';
import type {Statement} from './statement.js';
import {tokenRange} from './token-range.js';

/** A `list` may be repeated. */
export type FlagKind = 'text' | 'list' | 'boolean' | 'unsupported';

export interface FlagText {
  readonly text: string;
  readonly place: Place;
}

export class FlagValues {
  readonly #values = new Map<string, FlagText[]>();

  add(name: string, value: FlagText): void {
    this.#values.set(name, [...this.all(name), value]);
  }

  get(name: string): string | undefined {
    return this.#values.get(name)?.[0]?.text;
  }

  /** In the order written. */
  all(name: string): readonly FlagText[] {
    return this.#values.get(name) ?? [];
  }
}

export function readFlags(
  statement: Statement,
  known: Readonly<Record<string, FlagKind>> = {},
): FlagValues {
  const values = new FlagValues();
  for (const flag of statement.flags) {
    const {name, kind, value, place} = readFlag(statement, flag, known);
    if (kind !== 'list' && values.all(name).length > 0) {
      throw new DockerfileParseError(`duplicate flag specified: --${name}`, place);
    }
    const read = kind === 'boolean' ? truth : textValue;
    values.add(name, {text: read(name, value, place), place});
  }
  return values;
}

function readFlag(
  statement: Statement,
  flag: string,
  known: Readonly<Record<string, FlagKind>>,
): {name: string; kind: FlagKind; value: string | undefined; place: Place} {
  const equals = flag.indexOf('=');
  const name = flag.slice(2, equals === -1 ? undefined : equals);
  const value = equals === -1 ? undefined : flag.slice(equals + 1);
  const place = placeOf(statement, flag);
  const kind = Object.hasOwn(known, name) ? known[name] : undefined;
  if (kind === undefined) {
    const got = {keyword: statement.keyword, flag: name};
    throw new UnknownFlagError(got, place, Object.keys(known));
  }
  if (kind === 'unsupported') {
    throw new UnsupportedSyntaxError(`${statement.keyword} --${name}`, place);
  }
  return {name, kind, value, place};
}

function textValue(name: string, value: string | undefined, place: Place): string {
  if (value === undefined) {
    throw new DockerfileParseError(
      `missing a value on flag: --${name}`,
      place,
      `Write --${name}=value.`,
    );
  }
  return value;
}

function truth(name: string, value: string | undefined, place: Place): string {
  const word = value?.toLowerCase() ?? 'true';
  if (word === 'true' || word === 'false') return word;
  throw new DockerfileParseError(
    `expecting boolean value for flag --${name}, not: ${JSON.stringify(value)}`,
    place,
  );
}

const placeOf = (statement: Statement, flag: string): Place => ({
  lines: statement.line.lines,
  get token() {
    return tokenRange(statement, flag);
  },
});
