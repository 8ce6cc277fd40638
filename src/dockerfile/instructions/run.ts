import {didYouMean} from '../did-you-mean.js';
import {DockerfileParseError} from '../errors.js';
import {readFlags} from '../flags.js';
import {contentOf, type HereDocument, parseOpening, withBodies} from '../here-document.js';
import type {CommandLine, RunInstruction} from '../instruction.js';
import {parseMountFlag} from '../mount-flag.js';
import type {Statement} from '../statement.js';
import {commandLine} from './command.js';
import {written} from './written.js';

const flags = {
  network: 'text',
  mount: 'list',
  security: 'text',
  device: 'unsupported',
} as const;

/** `RUN [--mount=M …] [--network=N] [--security=S] command`, shell or exec form. */
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
    network: oneOf('network', networks, {statement, value: values.get('network')}),
    security: oneOf('security', securities, {statement, value: values.get('security')}),
    mounts: values.all('mount').map(parseMountFlag),
    ...written(statement, command.words),
  };
}

const networks = ['default', 'none', 'host'] as const;
const securities = ['sandbox', 'insecure'] as const;

function oneOf<Choice extends string>(
  flag: string,
  choices: readonly Choice[],
  {statement, value}: {statement: Statement; value: string | undefined},
): Choice | undefined {
  const choice = choices.find((each) => each === value);
  if (value === undefined || choice !== undefined) return choice;
  throw new DockerfileParseError(
    `invalid --${flag}: want ${choices.join(', ')}, got ${JSON.stringify(value)}${didYouMean(value, choices)}`,
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
