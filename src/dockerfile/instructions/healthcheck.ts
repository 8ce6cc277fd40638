import {parseDuration} from '../../base/duration.js';
import {DockerfileParseError} from '../errors.js';
import {type FlagValues, readFlags} from '../flags.js';
import type {HealthcheckInstruction} from '../instruction.js';
import type {Statement} from '../statement.js';
import {commandLine} from './command.js';
import {written} from './written.js';

const flags = {
  interval: 'text',
  timeout: 'text',
  'start-period': 'text',
  'start-interval': 'text',
  retries: 'text',
} as const;

/** `HEALTHCHECK [--interval=D …] CMD command`, or `HEALTHCHECK NONE`. */
export function parseHealthcheck(statement: Statement): HealthcheckInstruction {
  const [, type = '', command = ''] = /^(\S*)\s*(.*)$/s.exec(statement.rest) ?? [];
  if (type === '') fail(statement, 'HEALTHCHECK requires at least one argument');
  if (type.toUpperCase() === 'NONE') {
    if (command !== '') fail(statement, 'HEALTHCHECK NONE takes no arguments');
    // Docker lets those of CMD stand in front, as when a CMD is turned off.
    readFlags(statement, flags);
    return {kind: 'healthcheck', test: ['NONE'], ...inherited, ...written(statement, [type])};
  }
  if (type.toUpperCase() !== 'CMD') {
    fail(statement, `unknown type ${JSON.stringify(type)} in HEALTHCHECK (try CMD)`);
  }
  const values = readFlags(statement, flags);
  if (command === '') fail(statement, 'missing command after HEALTHCHECK CMD');
  const {form, words} = commandLine(statement, command);
  if (words.length === 0) fail(statement, 'missing command after HEALTHCHECK CMD');
  return {
    kind: 'healthcheck',
    test: [form === 'exec' ? 'CMD' : 'CMD-SHELL', ...words],
    ...timing(statement, values),
    ...written(statement, [type, ...words]),
  };
}

const inherited = {interval: 0, timeout: 0, startPeriod: 0, startInterval: 0, retries: 0};

function timing(statement: Statement, values: FlagValues): typeof inherited {
  const duration = (name: string): number => readDuration(statement, name, values.get(name));
  return {
    interval: duration('interval'),
    timeout: duration('timeout'),
    startPeriod: duration('start-period'),
    startInterval: duration('start-interval'),
    retries: readRetries(statement, values.get('retries')),
  };
}

function readDuration(statement: Statement, name: string, text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  const nanoseconds = parseDuration(text);
  if (nanoseconds === undefined) {
    throw new DockerfileParseError(
      `--${name}: invalid duration ${JSON.stringify(text)}`,
      statement.line,
      'Write a number and a unit, such as 30s, 1m30s or 500ms.',
    );
  }
  if (nanoseconds !== 0 && nanoseconds < 1_000_000) {
    fail(statement, `--${name} cannot be less than 1ms, got ${text}`);
  }
  return nanoseconds;
}

function readRetries(statement: Statement, text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!/^\+?\d{1,9}$/.test(text)) {
    fail(statement, `--retries: want a number that is not negative, got ${JSON.stringify(text)}`);
  }
  return Number(text);
}

function fail(statement: Statement, what: string): never {
  throw new DockerfileParseError(what, statement.line);
}
