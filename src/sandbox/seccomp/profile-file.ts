/**
 * A seccomp profile someone wrote: docker's JSON (names with includes and excludes) or the runtime-spec's.
 *
 * Source  docker's reference "Seccomp security profiles"; moby/profiles seccomp/seccomp.go; OCI runtime-spec v1.2.1,
 *         config-linux.md § Seccomp.
 */
import {readFileSync, statSync} from 'node:fs';
import {release} from 'node:os';
import type {
  Seccomp,
  SeccompAction,
  SeccompArgument,
  SeccompOperator,
  SeccompRule,
} from '../../oci/runtime-spec.js';
import {SeccompProfileError} from '../errors.js';
import {SYSCALL_TABLES} from './syscall-numbers.js';

export interface ProfileContext {
  /** The bounding set, as CAP_ names. */
  readonly capabilities: readonly string[];
  /** GOARCH. */
  readonly architecture: string;
  /** `6.1.0-18-amd64`; absent is this machine's. */
  readonly kernel?: string;
}

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_RULES = 4096;

const ACTIONS: readonly SeccompAction[] = [
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_LOG',
];

const OPERATORS: readonly SeccompOperator[] = [
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
];

/** Reads a file of at most 4 MiB. Throws SeccompProfileError. */
export function readSeccompProfile(path: string, context: ProfileContext): Seccomp {
  let text: string;
  try {
    const {size} = statSync(path);
    if (size > MAX_BYTES) {
      throw new SeccompProfileError(path, `want at most ${MAX_BYTES} bytes, got ${size}`);
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof SeccompProfileError) throw error;
    throw new SeccompProfileError(path, 'it cannot be read', error);
  }
  return parseSeccompProfile(text, path, context);
}

/** `source` is how messages call the profile. Throws SeccompProfileError. */
export function parseSeccompProfile(
  text: string,
  source: string,
  context: ProfileContext,
): Seccomp {
  const reader = new Reader(source);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw reader.error('it is not JSON', error);
  }
  const profile = reader.object(json, 'the profile');
  const rules = reader.list(profile['syscalls'] ?? [], 'syscalls');
  if (rules.length > MAX_RULES)
    throw reader.error(`want at most ${MAX_RULES} rules, got ${rules.length}`);
  const defaultErrno = reader.optionalNumber(profile['defaultErrnoRet'], 'defaultErrnoRet');
  return {
    defaultAction: reader.oneOf(ACTIONS, profile['defaultAction'], 'defaultAction'),
    ...(defaultErrno === undefined ? {} : {defaultErrnoRet: defaultErrno}),
    architectures: architecturesOf(reader, profile, context),
    syscalls: rules.flatMap((rule, index) =>
      readRule(reader, {rule, at: `syscalls[${index}]`}, context),
    ),
  };
}

function architecturesOf(
  reader: Reader,
  profile: Readonly<Record<string, unknown>>,
  {architecture}: ProfileContext,
): string[] {
  const own = SYSCALL_TABLES[architecture]?.name;
  const listed = reader.list(profile['architectures'] ?? [], 'architectures');
  const mapped = reader
    .list(profile['archMap'] ?? [], 'archMap')
    .map((entry) => reader.object(entry, 'archMap'))
    .filter((entry) => entry['architecture'] === own)
    .flatMap((entry) => [
      entry['architecture'],
      ...reader.list(entry['subArchitectures'] ?? [], 'subArchitectures'),
    ]);
  return [...listed, ...mapped].map((name) => reader.text(name, 'architectures'));
}

function readRule(
  reader: Reader,
  {rule, at}: {rule: unknown; at: string},
  context: ProfileContext,
): SeccompRule[] {
  const fields = reader.object(rule, at);
  const includes = readFilter(reader, fields['includes'], at);
  const excludes = readFilter(reader, fields['excludes'], at);
  if (!applies(includes, excludes, context)) return [];
  const single = fields['name'];
  const names = reader
    .list(fields['names'] ?? (single === undefined ? [] : [single]), `${at}.names`)
    .map((name) => reader.text(name, `${at}.names`));
  if (names.length === 0) throw reader.error(`${at} names no call`);
  const errnoRet = reader.optionalNumber(fields['errnoRet'], `${at}.errnoRet`);
  const args = reader.list(fields['args'] ?? [], `${at}.args`);
  return [
    {
      names,
      action: reader.oneOf(ACTIONS, fields['action'], `${at}.action`),
      ...(errnoRet === undefined ? {} : {errnoRet}),
      ...(args.length === 0 ? {} : {args: args.map((entry) => readArgument(reader, entry, at))}),
    },
  ];
}

function readArgument(reader: Reader, entry: unknown, at: string): SeccompArgument {
  const fields = reader.object(entry, `${at}.args`);
  const index = reader.number(fields['index'] ?? 0, `${at}.args.index`);
  if (index > 5) throw reader.error(`${at}: want an argument index from 0 to 5, got ${index}`);
  const valueTwo = reader.optionalNumber(fields['valueTwo'], `${at}.args.valueTwo`);
  return {
    index,
    value: reader.number(fields['value'] ?? 0, `${at}.args.value`),
    ...(valueTwo === undefined ? {} : {valueTwo}),
    op: reader.oneOf(OPERATORS, fields['op'], `${at}.args.op`),
  };
}

interface Filter {
  readonly caps: readonly string[];
  readonly arches: readonly string[];
  readonly minKernel: string | undefined;
}

function readFilter(reader: Reader, value: unknown, at: string): Filter {
  const fields = reader.object(value ?? {}, `${at}.includes`);
  const texts = (name: string): string[] =>
    reader
      .list(fields[name] ?? [], `${at}.${name}`)
      .map((one) => reader.text(one, `${at}.${name}`));
  const minKernel = fields['minKernel'];
  return {
    caps: texts('caps'),
    arches: texts('arches'),
    minKernel: minKernel === undefined ? undefined : reader.text(minKernel, `${at}.minKernel`),
  };
}

/** All of includes.caps, one of includes.arches, a kernel at least as new; none of the excludes. */
function applies(includes: Filter, excludes: Filter, context: ProfileContext): boolean {
  const {capabilities, architecture, kernel = release()} = context;
  const holds = (name: string): boolean => capabilities.includes(name);
  const excluded =
    excludes.caps.some(holds) ||
    excludes.arches.includes(architecture) ||
    (excludes.minKernel !== undefined && !isOlder(kernel, excludes.minKernel));
  const included =
    includes.caps.every(holds) &&
    (includes.arches.length === 0 || includes.arches.includes(architecture)) &&
    (includes.minKernel === undefined || !isOlder(kernel, includes.minKernel));
  return included && !excluded;
}

function isOlder(kernel: string, than: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  const [wantMajor = 0, wantMinor = 0] = than.split('.').map((part) => Number.parseInt(part, 10));
  return major < wantMajor || (major === wantMajor && minor < wantMinor);
}

/** Typed access to parsed JSON, with one wording for what is not as it should be. */
class Reader {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  error(problem: string, cause?: unknown): SeccompProfileError {
    return new SeccompProfileError(this.#source, problem, cause);
  }

  object(value: unknown, at: string): Readonly<Record<string, unknown>> {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw this.error(`${at}: want an object`);
    }
    return value as Readonly<Record<string, unknown>>;
  }

  list(value: unknown, at: string): readonly unknown[] {
    if (!Array.isArray(value)) throw this.error(`${at}: want a list`);
    return value;
  }

  text(value: unknown, at: string): string {
    if (typeof value !== 'string')
      throw this.error(`${at}: want a text, got ${JSON.stringify(value)}`);
    return value;
  }

  /** Whole, not negative, and small enough for JSON to carry it exactly. */
  number(value: unknown, at: string): number {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      throw this.error(`${at}: want a whole number from 0 to 2^53, got ${JSON.stringify(value)}`);
    }
    return value;
  }

  optionalNumber(value: unknown, at: string): number | undefined {
    return value === undefined || value === null ? undefined : this.number(value, at);
  }

  oneOf<Name extends string>(names: readonly Name[], value: unknown, at: string): Name {
    const found = names.find((name) => name === value);
    if (found === undefined) {
      throw this.error(`${at}: want one of ${names.join(', ')}, got ${JSON.stringify(value)}`);
    }
    return found;
  }
}
