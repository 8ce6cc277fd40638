import {DockerfileParseError} from '../errors.js';
import {readFlags} from '../flags.js';
import type {ExposeInstruction, TextInstruction, VolumeInstruction} from '../instruction.js';
import type {Statement} from '../statement.js';
import {splitAtBlanks} from '../words.js';
import {listOf} from './copy.js';
import {written} from './written.js';

/** WORKDIR, USER, STOPSIGNAL, MAINTAINER: the rest of the line is one argument. */
export function parseText(statement: Statement, kind: TextInstruction['kind']): TextInstruction {
  readFlags(statement);
  if (statement.rest === '') fail(statement, 'requires exactly one argument');
  return {kind, text: statement.rest, ...written(statement, [statement.rest])};
}

/** `EXPOSE port[-port][/protocol] …`. */
export function parseExpose(statement: Statement): ExposeInstruction {
  readFlags(statement);
  const ports = splitAtBlanks(statement.rest);
  if (ports.length === 0) fail(statement, 'requires at least one argument');
  return {kind: 'expose', ports: ports.toSorted(), ...written(statement, ports)};
}

/** `VOLUME path …`, also as a JSON array. */
export function parseVolume(statement: Statement): VolumeInstruction {
  readFlags(statement);
  const paths = listOf(statement).map((path) => path.trim());
  if (paths.length === 0) fail(statement, 'requires at least one argument');
  if (paths.includes('')) fail(statement, 'specified can not be an empty string');
  return {kind: 'volume', paths, ...written(statement, paths)};
}

function fail(statement: Statement, what: string): never {
  throw new DockerfileParseError(`${statement.keyword} ${what}`, statement.line);
}
