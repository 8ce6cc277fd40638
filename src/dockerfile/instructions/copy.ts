import {DockerfileParseError} from '../errors.js';
import {readFlags} from '../flags.js';
import {refuseHereDocument} from '../here-document.js';
import type {AddInstruction, CopyInstruction} from '../instruction.js';
import type {Statement} from '../statement.js';
import {parseStringArray, splitAtBlanks} from '../words.js';
import {written} from './written.js';

const both = {
  chown: 'text',
  chmod: 'text',
  link: 'unsupported',
  exclude: 'unsupported',
} as const;
const copyFlags = {...both, from: 'text', parents: 'unsupported'} as const;
const addFlags = {
  ...both,
  unpack: 'boolean',
  checksum: 'unsupported',
  'keep-git-dir': 'unsupported',
} as const;

/** `COPY [--from=S] [--chown=U:G] [--chmod=M] source… destination`, also as a JSON array. */
export function parseCopy(statement: Statement): CopyInstruction {
  const flags = readFlags(statement, copyFlags);
  const {words, ...paths} = sourcesAndDestination(statement);
  return {
    kind: 'copy',
    ...paths,
    from: flags.get('from'),
    chown: flags.get('chown'),
    chmod: flags.get('chmod'),
    ...written(statement, words),
  };
}

/** `ADD [--unpack=true|false] [--chown=U:G] [--chmod=M] source… destination`. */
export function parseAdd(statement: Statement): AddInstruction {
  const flags = readFlags(statement, addFlags);
  const {words, ...paths} = sourcesAndDestination(statement);
  return {
    kind: 'add',
    ...paths,
    unpack: flags.get('unpack') !== 'false',
    chown: flags.get('chown'),
    chmod: flags.get('chmod'),
    ...written(statement, words),
  };
}

function sourcesAndDestination(statement: Statement) {
  refuseHereDocument(statement);
  const words = listOf(statement);
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) {
    const got = words.length === 1 ? 'only one was provided' : 'none was provided';
    throw new DockerfileParseError(
      `${statement.keyword} requires at least two arguments, but ${got}. Destination could not be determined`,
      statement.line,
    );
  }
  return {sources: words.slice(0, -1), destination, words};
}

/** A JSON array of strings, or words between blanks: COPY, ADD, VOLUME. */
export function listOf(statement: Statement): readonly string[] {
  const array = parseStringArray(statement.rest);
  if (array.kind === 'mixed') {
    throw new DockerfileParseError(
      'when using JSON array syntax, arrays must be comprised of strings only',
      statement.line,
    );
  }
  return array.kind === 'array' ? array.values : splitAtBlanks(statement.rest);
}
