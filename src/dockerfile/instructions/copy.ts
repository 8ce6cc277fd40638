import {DockerfileParseError} from '../errors.js';
import {type FlagValues, readFlags} from '../flags.js';
import {type HereDocument, parseOpening} from '../here-document.js';
import type {AddInstruction, CopyInstruction} from '../instruction.js';
import type {Statement} from '../statement.js';
import {parseStringArray, splitAtBlanks} from '../words.js';
import {written} from './written.js';

const both = {chown: 'text', chmod: 'text', link: 'boolean', exclude: 'list'} as const;
const copyFlags = {...both, from: 'text', parents: 'boolean'} as const;
const addFlags = {
  ...both,
  unpack: 'boolean',
  checksum: 'text',
  'keep-git-dir': 'boolean',
} as const;

/** `COPY [--from=S] [--parents] [--link] [--exclude=P …] [--chown=U:G] [--chmod=M] source… destination`, also as a JSON array. */
export function parseCopy(statement: Statement): CopyInstruction {
  const flags = readFlags(statement, copyFlags);
  return {
    kind: 'copy',
    // Nothing behind `--from=` is the context, as for docker.
    from: flags.get('from') || undefined,
    parents: flags.get('parents') === 'true',
    ...transfer(statement, flags),
  };
}

/** `ADD [--unpack=true|false] [--checksum=C] [--keep-git-dir] [--link] [--exclude=P …] [--chown=U:G] [--chmod=M] source… destination`. */
export function parseAdd(statement: Statement): AddInstruction {
  const flags = readFlags(statement, addFlags);
  return {
    kind: 'add',
    unpack: truth(flags.get('unpack')),
    checksum: flags.get('checksum'),
    keepGitDir: truth(flags.get('keep-git-dir')),
    ...transfer(statement, flags),
  };
}

const truth = (value: string | undefined): boolean | undefined =>
  value === undefined ? undefined : value === 'true';

function transfer(statement: Statement, flags: FlagValues) {
  const {words, ...paths} = sourcesAndDestination(statement);
  return {
    ...paths,
    chown: flags.get('chown'),
    chmod: flags.get('chmod'),
    link: flags.get('link') === 'true',
    excludes: flags.all('exclude').map(({text}) => text),
    ...written(statement, words),
  };
}

function sourcesAndDestination(statement: Statement) {
  const words = listOf(statement);
  const destination = words.at(-1);
  if (destination === undefined || words.length < 2) {
    const got = words.length === 1 ? 'only one was provided' : 'none was provided';
    throw new DockerfileParseError(
      `${statement.keyword} requires at least two arguments, but ${got}. Destination could not be determined`,
      statement.line,
    );
  }
  if (documentOf(destination, statement) !== undefined) {
    throw new DockerfileParseError(
      `${statement.keyword} cannot accept a heredoc as a destination`,
      statement.line,
      'Write the path of the file to make behind it.',
    );
  }
  const sources: string[] = [];
  const documents: HereDocument[] = [];
  for (const word of words.slice(0, -1)) {
    const document = documentOf(word, statement);
    if (document === undefined) sources.push(word);
    else documents.push(document);
  }
  return {sources, documents, destination, words};
}

/** Of several with one name the last, as docker takes it. */
function documentOf(word: string, {line}: Statement): HereDocument | undefined {
  const opening = line.hereDocuments.length === 0 ? undefined : parseOpening(word);
  return opening && line.hereDocuments.findLast(({name}) => name === opening.name);
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
