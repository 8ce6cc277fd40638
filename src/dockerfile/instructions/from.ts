import {DockerfileParseError} from '../errors.js';
import {readFlags} from '../flags.js';
import type {FromInstruction} from '../instruction.js';
import type {Statement} from '../statement.js';
import {splitAtBlanks} from '../words.js';
import {written} from './written.js';

/** `FROM [--platform=P] base [AS name]`. */
export function parseFrom(statement: Statement): FromInstruction {
  const flags = readFlags(statement, {platform: 'text'});
  const words = splitAtBlanks(statement.rest);
  const [base, as, name] = words;
  const named = words.length === 3 && as?.toLowerCase() === 'as';
  if (base === undefined || (words.length !== 1 && !named)) {
    throw new DockerfileParseError(
      'FROM requires either one or three arguments',
      statement.line,
      'Write FROM image, or FROM image AS name.',
    );
  }
  return {
    kind: 'from',
    base,
    name: named && name !== undefined ? stageName(name, statement) : undefined,
    written: named && name !== undefined ? {as, name} : undefined,
    platform: flags.get('platform'),
    ...written(statement, words),
  };
}

function stageName(written: string, statement: Statement): string {
  const name = written.toLowerCase();
  if (!/^[a-z][a-z0-9\-_.]*$/.test(name)) {
    throw new DockerfileParseError(
      `invalid name for build stage: ${JSON.stringify(written)}, name can't start with a number or contain symbols`,
      statement.line,
    );
  }
  return name;
}
