import {DockerfileParseError} from '../errors.js';
import {readFlags} from '../flags.js';
import {refuseHereDocument} from '../here-document.js';
import type {RunInstruction} from '../instruction.js';
import type {Statement} from '../statement.js';
import {commandLine} from './command.js';
import {written} from './written.js';

const flags = {
  network: 'text',
  mount: 'unsupported',
  security: 'unsupported',
  device: 'unsupported',
} as const;

/** `RUN [--network=N] command`, shell or exec form. */
export function parseRun(statement: Statement): RunInstruction {
  const values = readFlags(statement, flags);
  refuseHereDocument(statement);
  const command = commandLine(statement, statement.rest);
  if (command.words.length === 0) {
    throw new DockerfileParseError('RUN requires at least one argument', statement.line);
  }
  return {
    kind: 'run',
    command,
    network: networkMode(values.get('network'), statement),
    ...written(statement, command.words),
  };
}

function networkMode(value: string | undefined, statement: Statement): RunInstruction['network'] {
  if (value === undefined || value === 'default' || value === 'none' || value === 'host') {
    return value;
  }
  throw new DockerfileParseError(
    `invalid network mode: want default, none or host, got ${JSON.stringify(value)}`,
    statement.line,
  );
}
