import {DockerfileParseError} from '../errors.js';
import {readFlags} from '../flags.js';
import {contentOf, type HereDocument, parseOpening, withBodies} from '../here-document.js';
import type {CommandLine, RunInstruction} from '../instruction.js';
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
  const command = commandLine(statement, statement.rest);
  if (command.words.length === 0) {
    throw new DockerfileParseError('RUN [] names no program', statement.line);
  }
  const script = soleDocument(statement);
  return {
    kind: 'run',
    command: withDocuments(command, statement, script),
    script,
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

function soleDocument({rest, line}: Statement): HereDocument | undefined {
  return parseOpening(rest) === undefined ? undefined : line.hereDocuments[0];
}

/** A script alone is the command, for shells that know no here-documents; else the shell gets them below its line. */
function withDocuments(
  command: CommandLine,
  {line, rest}: Statement,
  script: HereDocument | undefined,
): CommandLine {
  if (script !== undefined) return {form: 'shell', words: [contentOf(script)]};
  if (line.hereDocuments.length === 0) return command;
  return {form: 'shell', words: [withBodies(rest, line.hereDocuments)]};
}
