import {DockerfileParseError} from '../errors.js';
import {readFlags} from '../flags.js';
import type {CommandInstruction, CommandLine, ShellInstruction} from '../instruction.js';
import type {Statement} from '../statement.js';
import {parseStringArray} from '../words.js';
import {written} from './written.js';

export const parseCmd = (statement: Statement): CommandInstruction =>
  parseCommand(statement, 'cmd');

export const parseEntrypoint = (statement: Statement): CommandInstruction =>
  parseCommand(statement, 'entrypoint');

/** `SHELL ["executable", "parameters"]`. */
export function parseShell(statement: Statement): ShellInstruction {
  readFlags(statement);
  const command = commandLine(statement, statement.rest);
  if (command.words.join('') === '') fail(statement, 'SHELL requires at least one argument');
  if (command.form === 'shell') {
    throw new DockerfileParseError(
      `SHELL requires the arguments to be in JSON form, got ${JSON.stringify(statement.rest)}`,
      statement.line,
      'Write SHELL ["/bin/sh", "-c"], with double quotes.',
    );
  }
  return {kind: 'shell', shell: command.words, ...written(statement, command.words)};
}

function parseCommand<Kind extends CommandInstruction['kind']>(statement: Statement, kind: Kind) {
  readFlags(statement);
  const command = commandLine(statement, statement.rest);
  return {kind, command, ...written(statement, command.words)};
}

/** Exec form when the text is a whole JSON array of strings, else shell form; nothing at all is an empty script. */
export function commandLine(statement: Statement, text: string): CommandLine {
  const array = parseStringArray(text);
  if (array.kind === 'mixed') {
    fail(statement, 'when using JSON array syntax, arrays must be comprised of strings only');
  }
  return array.kind === 'array'
    ? {form: 'exec', words: array.values}
    : {form: 'shell', words: [text]};
}

function fail(statement: Statement, what: string): never {
  throw new DockerfileParseError(what, statement.line);
}
