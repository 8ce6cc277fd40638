import {DockerfileParseError} from '../errors.js';
import {readFlags} from '../flags.js';
import type {ArgInstruction, Pair, PairsInstruction} from '../instruction.js';
import type {Statement} from '../statement.js';
import {splitWords} from '../words.js';
import {written} from './written.js';

/** `ENV k=v …`, `LABEL k=v …`, and the legacy `ENV k rest of the line`. */
export function parsePairs(statement: Statement, kind: PairsInstruction['kind']): PairsInstruction {
  readFlags(statement);
  const words = splitWords(statement.rest, statement.escape);
  const [first] = words;
  if (first === undefined) fail(statement, 'requires at least one argument');
  const legacy = !first.includes('=');
  const pairs = legacy ? [legacyPair(statement)] : words.map((word) => pair(statement, word));
  if (pairs.some(({key}) => key === '')) fail(statement, 'names can not be blank');
  return {kind, pairs, legacy, ...written(statement, legacy ? [statement.rest] : words)};
}

/** `ARG name[=default] …`. */
export function parseArg(statement: Statement): ArgInstruction {
  readFlags(statement);
  const words = splitWords(statement.rest, statement.escape);
  if (words.length === 0) fail(statement, 'requires at least one argument');
  const args = words.map((word) => {
    const equals = word.indexOf('=');
    return equals === -1
      ? {key: word, value: undefined}
      : {key: word.slice(0, equals), value: word.slice(equals + 1)};
  });
  if (args.some(({key}) => key === '')) fail(statement, 'names can not be blank');
  return {kind: 'arg', args, ...written(statement, words)};
}

function legacyPair(statement: Statement): Pair {
  const match = /^([^\t\v\f\r ]+)[\t\v\f\r ]+(.*)$/s.exec(statement.rest);
  if (match === null) fail(statement, 'must have two arguments');
  return {key: match[1] ?? '', value: match[2] ?? ''};
}

function pair(statement: Statement, word: string): Pair {
  const equals = word.indexOf('=');
  if (equals === -1) {
    throw new DockerfileParseError(
      `syntax error: can't find = in ${JSON.stringify(word)}, must be of the form: name=value`,
      statement.line,
      'Quote a value that has blanks in it.',
    );
  }
  return {key: word.slice(0, equals), value: word.slice(equals + 1)};
}

function fail(statement: Statement, what: string): never {
  throw new DockerfileParseError(`${statement.keyword} ${what}`, statement.line);
}
