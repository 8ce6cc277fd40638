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

/** A `list` may be given more than once. */
export type FlagKind = 'text' | 'list' | 'boolean' | 'unsupported';

export interface FlagValues {
  get(name: string): string | undefined;
  /** Of a list, in order. */
  all(name: string): readonly string[];
}

export function readFlags(
  statement: Statement,
  known: Readonly<Record<string, FlagKind>> = {},
): FlagValues {
  const values = new Map<string, string[]>();
  for (const flag of statement.flags) {
    const equals = flag.indexOf('=');
    const name = flag.slice(2, equals === -1 ? undefined : equals);
    const value = equals === -1 ? undefined : flag.slice(equals + 1);
    const place = placeOf(statement, flag);
    const kind = kindOf(name, known, {statement, place});
    const before = values.get(name) ?? [];
    if (before.length > 0 && kind !== 'list') {
      throw new DockerfileParseError(`duplicate flag specified: --${name}`, place);
    }
    const read = kind === 'boolean' ? truth : textValue;
    values.set(name, [...before, read(name, value, place)]);
  }
  return {get: (name) => values.get(name)?.[0], all: (name) => values.get(name) ?? []};
}

function kindOf(
  name: string,
  known: Readonly<Record<string, FlagKind>>,
  {statement: {keyword}, place}: {statement: Statement; place: Place},
): Exclude<FlagKind, 'unsupported'> {
  const kind = Object.hasOwn(known, name) ? known[name] : undefined;
  if (kind === undefined) {
    throw new UnknownFlagError({keyword, flag: name}, place, Object.keys(known));
  }
  if (kind === 'unsupported') throw new UnsupportedSyntaxError(`${keyword} --${name}`, place);
  return kind;
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
