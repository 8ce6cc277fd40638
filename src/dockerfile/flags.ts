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

export type FlagKind = 'text' | 'boolean' | 'unsupported';
export type FlagValues = ReadonlyMap<string, string>;

export function readFlags(
  statement: Statement,
  known: Readonly<Record<string, FlagKind>> = {},
): FlagValues {
  const values = new Map<string, string>();
  for (const flag of statement.flags) {
    const equals = flag.indexOf('=');
    const name = flag.slice(2, equals === -1 ? undefined : equals);
    const value = equals === -1 ? undefined : flag.slice(equals + 1);
    const place = placeOf(statement, flag);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      throw new UnknownFlagError(
        {keyword: statement.keyword, flag: name},
        place,
        Object.keys(known),
      );
    }
    if (kind === 'unsupported') {
      throw new UnsupportedSyntaxError(`${statement.keyword} --${name}`, place);
    }
    if (values.has(name))
      throw new DockerfileParseError(`duplicate flag specified: --${name}`, place);
    values.set(name, kind === 'text' ? textValue(name, value, place) : truth(name, value, place));
  }
  return values;
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
