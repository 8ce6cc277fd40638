/**
 * A seccomp profile → a BPF program for seccomp(2).
 *
 * Rules    a rule without argument tests decides alone, the first of several; else the first rule whose tests all
 *          hold; else the default action.
 * Newer    a call beyond the newest the profile names answers ENOSYS, unless the default lets it pass: libc then
 *          falls back to an older one, where EPERM would be taken for the answer (runc does the same).
 * Foreign  calls by another machine's convention (x32 among them) that the profile does not list, or that tsbuild
 *          has no table for, kill the process.
 *
 * Source   seccomp(2); runc libcontainer/seccomp/patchbpf.
 */
import {unreachable} from '../../base/bug.js';
import type {Seccomp, SeccompAction, SeccompRule} from '../../oci/runtime-spec.js';
import {SeccompProfileError} from '../errors.js';
import {writeArgumentTest} from './argument-test.js';
import {BackwardProgram, type Label} from './bpf.js';
import {SYSCALL_TABLES, type SyscallTable} from './syscall-numbers.js';

const NUMBER = 0;
const ARCHITECTURE = 4;
const ENOSYS = 38;
const EPERM = 1;
/** Set in the number of an x32 call; -1 is what a tracer leaves of a call it skips. */
const X32_BIT = 0x40000000;
const SKIPPED = 0xffffffff;

const KILL_PROCESS = 0x80000000;

/** Programs made before: a build runs many processes with one profile, and making it takes milliseconds. */
const assembled = new WeakMap<Seccomp, {architecture: string; program: Uint8Array}>();

/**
 * Throws SeccompProfileError when there is no table for the machine, or the program is longer than the kernel takes.
 */
export function assembleSeccomp(profile: Seccomp, architecture: string): Uint8Array {
  const known = assembled.get(profile);
  if (known?.architecture === architecture) return known.program;
  const program = assemble(profile, architecture);
  assembled.set(profile, {architecture, program});
  return program;
}

function assemble(profile: Seccomp, architecture: string): Uint8Array {
  const native = SYSCALL_TABLES[architecture];
  if (native === undefined) {
    throw new SeccompProfileError('for this machine', `no table of calls for ${architecture}`);
  }
  const program = new BackwardProgram();
  const answers = new Answers(program);
  const tables = [native, ...native.compatible].filter(
    ({name}) => name === native.name || profile.architectures?.includes(name),
  );
  let otherwise = answers.label(KILL_PROCESS);
  for (const table of tables.toReversed()) {
    const calls = writeTable(program, answers, {profile, table});
    otherwise = program.branch('equal', table.audit, {yes: calls, no: otherwise});
  }
  program.load(ARCHITECTURE);
  const bytes = program.encode();
  if (bytes === undefined) {
    throw new SeccompProfileError(
      'with these rules',
      'it makes a program of over 4096 instructions',
    );
  }
  return bytes;
}

/** Return instructions, each written once. */
class Answers {
  readonly #program: BackwardProgram;
  readonly #labels = new Map<number, Label>();

  constructor(program: BackwardProgram) {
    this.#program = program;
  }

  label(value: number): Label {
    const known = this.#labels.get(value);
    if (known !== undefined) return known;
    const label = this.#program.answer(value);
    this.#labels.set(value, label);
    return label;
  }
}

/** Numbers from `first` up to the next range. */
interface Range {
  readonly first: number;
  readonly label: Label;
}

function writeTable(
  program: BackwardProgram,
  answers: Answers,
  {profile, table}: {profile: Seccomp; table: SyscallTable},
): Label {
  const fallback = actionValue(profile.defaultAction, profile.defaultErrnoRet);
  const decisions = decisionsOf(profile, table);
  const ranges: Range[] = [{first: 0, label: answers.label(fallback)}];
  const append = (first: number, label: Label): void => {
    if (ranges.at(-1)?.label !== label) ranges.push({first, label});
  };
  let next = 0;
  for (const [number, rules] of decisions) {
    if (number > next) append(next, answers.label(fallback));
    append(number, writeRules(program, answers, {rules, fallback}));
    next = number + 1;
  }
  append(next, answers.label(passes(profile.defaultAction) ? fallback : errno(ENOSYS)));
  if (table.x32) {
    const killed = answers.label(KILL_PROCESS);
    append(X32_BIT, killed);
    append(SKIPPED, answers.label(errno(ENOSYS)));
  }
  const search = writeSearch(program, ranges);
  return ranges.length === 1 ? search : program.load(NUMBER);
}

/** Binary search: the label whose range holds the number. */
function writeSearch(program: BackwardProgram, ranges: readonly Range[]): Label {
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined) return only.label;
  const middle = ranges.length >> 1;
  const no = writeSearch(program, ranges.slice(0, middle));
  const yes = writeSearch(program, ranges.slice(middle));
  return program.branch('greater-or-equal', ranges[middle]?.first ?? 0, {yes, no});
}

/** The rules of each call the profile names, by number. Names the machine does not have are no error. */
function decisionsOf(profile: Seccomp, table: SyscallTable): [number, SeccompRule[]][] {
  const decisions = new Map<number, SeccompRule[]>();
  for (const rule of profile.syscalls ?? []) {
    for (const name of rule.names) {
      const number = table.numbers.get(name);
      if (number === undefined) continue;
      const rules = decisions.get(number);
      if (rules === undefined) decisions.set(number, [rule]);
      else rules.push(rule);
    }
  }
  return [...decisions].sort(([left], [right]) => left - right);
}

function writeRules(
  program: BackwardProgram,
  answers: Answers,
  {rules, fallback}: {rules: readonly SeccompRule[]; fallback: number},
): Label {
  const always = rules.find(({args = []}) => args.length === 0);
  if (always !== undefined) return answers.label(actionValue(always.action, always.errnoRet));
  let no = answers.label(fallback);
  for (const rule of rules.toReversed()) {
    let yes = answers.label(actionValue(rule.action, rule.errnoRet));
    for (const argument of rule.args?.toReversed() ?? []) {
      yes = writeArgumentTest(program, argument, {yes, no});
    }
    no = yes;
  }
  return no;
}

const errno = (code: number): number => 0x00050000 | (code & 0xffff);

const passes = (action: SeccompAction): boolean =>
  action === 'SCMP_ACT_ALLOW' || action === 'SCMP_ACT_LOG' || action === 'SCMP_ACT_TRACE';

/** SECCOMP_RET_*. */
function actionValue(action: SeccompAction, code: number = EPERM): number {
  switch (action) {
    case 'SCMP_ACT_KILL':
    case 'SCMP_ACT_KILL_THREAD':
      return 0;
    case 'SCMP_ACT_KILL_PROCESS':
      return KILL_PROCESS;
    case 'SCMP_ACT_TRAP':
      return 0x00030000;
    case 'SCMP_ACT_ERRNO':
      return errno(code);
    case 'SCMP_ACT_TRACE':
      return 0x7ff00000 | (code & 0xffff);
    case 'SCMP_ACT_LOG':
      return 0x7ffc0000;
    case 'SCMP_ACT_ALLOW':
      return 0x7fff0000;
    default:
      return unreachable(action);
  }
}
