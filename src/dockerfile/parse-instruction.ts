/**
 * Statement → Instruction, by table.
 *
 * Throws  a DockerfileError with the statement's lines.
 * Source  buildkit v0.26 instructions/parse.go.
 */
import {nearest} from './did-you-mean.js';
import {DockerfileParseError, UnknownInstructionError} from './errors.js';
import {readFlags} from './flags.js';
import {withBodies} from './here-document.js';
import type {Instruction} from './instruction.js';
import {parseCmd, parseEntrypoint, parseShell} from './instructions/command.js';
import {parseAdd, parseCopy} from './instructions/copy.js';
import {parseFrom} from './instructions/from.js';
import {parseHealthcheck} from './instructions/healthcheck.js';
import {parseArg, parsePairs} from './instructions/pairs.js';
import {parseExpose, parseText, parseVolume} from './instructions/plain-arguments.js';
import {parseRun} from './instructions/run.js';
import type {Lines} from './location.js';
import {type LogicalLine, readLogicalLines} from './logical-lines.js';
import {readStatement, type Statement} from './statement.js';
import {tokenRange} from './token-range.js';

const parsers: Readonly<Record<string, (statement: Statement) => Instruction>> = {
  ADD: parseAdd,
  ARG: parseArg,
  CMD: parseCmd,
  COPY: parseCopy,
  ENTRYPOINT: parseEntrypoint,
  ENV: (statement) => parsePairs(statement, 'env'),
  EXPOSE: parseExpose,
  FROM: parseFrom,
  HEALTHCHECK: parseHealthcheck,
  LABEL: (statement) => parsePairs(statement, 'label'),
  MAINTAINER: (statement) => parseText(statement, 'maintainer'),
  ONBUILD: parseOnbuild,
  RUN: parseRun,
  SHELL: parseShell,
  STOPSIGNAL: (statement) => parseText(statement, 'stopsignal'),
  USER: (statement) => parseText(statement, 'user'),
  VOLUME: parseVolume,
  WORKDIR: (statement) => parseText(statement, 'workdir'),
};

export function parseInstruction(line: LogicalLine, escapeToken: Statement['escape']): Instruction {
  const statement = readStatement(line, escapeToken);
  const parser = Object.hasOwn(parsers, statement.keyword) ? parsers[statement.keyword] : undefined;
  if (parser === undefined) {
    const place = {lines: line.lines, token: tokenRange(statement)};
    const known = Object.keys(parsers);
    const {keyword} = statement;
    const goesOn =
      line.lines.first > 1 &&
      (/^\s/.test(line.physical[0] ?? '') || nearest(keyword, known) === undefined);
    throw new UnknownInstructionError(keyword, place, known, goesOn ? escapeToken : undefined);
  }
  return parser(statement);
}

/**
 * An ONBUILD trigger as an image config keeps it.
 *
 * Takes   the trigger's text, and the lines to blame: those of the FROM that brought it.
 */
export function parseTrigger(text: string, lines: Lines): Instruction {
  const [line, ...more] = readLogicalLines(text).instructions;
  if (line === undefined || more.length > 0) {
    throw new DockerfileParseError('onbuild trigger should be a single instruction', {lines});
  }
  return parseInstruction({...line, lines}, '\\');
}

function parseOnbuild(statement: Statement): Instruction {
  const {lines, text, comments} = statement.line;
  readFlags(statement);
  const trigger = statement.rest;
  if (trigger === '') {
    throw new DockerfileParseError('ONBUILD requires at least one argument', {lines});
  }
  const inner = readStatement({...statement.line, text: trigger}, statement.escape);
  if (inner.keyword === 'ONBUILD') {
    throw new DockerfileParseError("chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", {lines});
  }
  if (inner.keyword === 'FROM' || inner.keyword === 'MAINTAINER') {
    throw new DockerfileParseError(`${inner.keyword} isn't allowed as an ONBUILD trigger`, {lines});
  }
  const parsed = parseInstruction({...statement.line, text: trigger}, statement.escape);
  const echo = `ONBUILD ${parsed.echo}`;
  const whole = withBodies(trigger, statement.line.hereDocuments);
  return {kind: 'onbuild', trigger: whole, lines, source: text.trim(), echo, comments};
}
