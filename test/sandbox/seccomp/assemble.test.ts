import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {
  Seccomp,
  SeccompArgument,
  SeccompOperator,
  SeccompRule,
} from '../../../src/oci/runtime-spec.js';
import {assembleSeccomp} from '../../../src/sandbox/seccomp/assemble.js';
import {defaultSeccomp} from '../../../src/sandbox/seccomp/default-profile.js';
import {pretendIdentityCalls} from '../../../src/sandbox/seccomp/single-id.js';
import {SYSCALL_TABLES, type SyscallTable} from '../../../src/sandbox/seccomp/syscall-numbers.js';
import {DEFAULT_CAPABILITIES} from '../../../src/sandbox/spec/capabilities.js';
import {runFilter} from '../../helpers/bpf-interpreter.js';

const ALLOW = 0x7fff0000;
const EPERM = 0x00050001;
const ENOSYS = 0x00050026;
const PRETEND = 0x00050000;
const KILL_PROCESS = 0x80000000;
const X86_64 = 0xc000003e;
const I386 = 0x40000003;
const AARCH64 = 0xc00000b7;

const amd64 = SYSCALL_TABLES['amd64'] as SyscallTable;
const numberOf = (name: string): number => amd64.numbers.get(name) ?? -1;

const defaults = assembleSeccomp(
  defaultSeccomp(DEFAULT_CAPABILITIES, {architecture: 'amd64'}),
  'amd64',
);

const decide = (name: string, ...args: bigint[]): number =>
  runFilter(defaults, {number: numberOf(name), architecture: X86_64, args});

test.each([
  {call: 'an x32 call', number: 0x40000000, architecture: X86_64, want: KILL_PROCESS},
  {call: 'the last x32 number', number: 0xfffffffe, architecture: X86_64, want: KILL_PROCESS},
  {call: 'a call of another machine', number: 1, architecture: AARCH64, want: KILL_PROCESS},
  {call: 'a 32-bit write', number: 4, architecture: I386, want: ALLOW},
  {call: 'a 32-bit mount', number: 21, architecture: I386, want: EPERM},
  {call: 'a number a tracer skipped', number: 0xffffffff, architecture: X86_64, want: ENOSYS},
  {call: 'a call no kernel has yet', number: 600, architecture: X86_64, want: ENOSYS},
  {call: 'a hole in the numbers', number: 400, architecture: X86_64, want: EPERM},
])('the default filter answers $call', ({number, architecture, want}) => {
  expect(runFilter(defaults, {number, architecture})).toBe(want);
});

test.each([
  {name: 'mount', args: [], want: EPERM},
  {name: 'unshare', args: [], want: EPERM},
  {name: 'setns', args: [], want: EPERM},
  {name: 'bpf', args: [], want: EPERM},
  {name: 'keyctl', args: [], want: EPERM},
  {name: 'io_uring_setup', args: [], want: EPERM},
  {name: 'clone3', args: [], want: ENOSYS},
  {name: 'clone', args: [0x10000000n], want: EPERM},
  {name: 'clone', args: [0x00020011n], want: EPERM},
  {name: 'clone', args: [0x01200011n], want: ALLOW},
  {name: 'clone', args: [0x1_01200011n], want: ALLOW},
  {name: 'personality', args: [0n], want: ALLOW},
  {name: 'personality', args: [0x0040000n], want: EPERM},
  {name: 'personality', args: [0xffffffffn], want: ALLOW},
  {name: 'personality', args: [0x1_00000000n], want: EPERM},
  {name: 'socket', args: [40n], want: EPERM},
  {name: 'socket', args: [38n], want: EPERM},
  {name: 'socket', args: [2n], want: ALLOW},
  {name: 'socket', args: [16n], want: ALLOW},
  {name: 'socket', args: [1n << 32n], want: EPERM},
  {name: 'chroot', args: [], want: ALLOW},
  {name: 'openat2', args: [], want: ALLOW},
  {name: 'ptrace', args: [], want: ALLOW},
])('the default filter answers $name($args)', ({name, args, want}) => {
  expect(decide(name, ...args)).toBe(want);
});

test('CAP_SYS_ADMIN opens the calls that need it', () => {
  const profile = defaultSeccomp([...DEFAULT_CAPABILITIES, 'CAP_SYS_ADMIN'], {
    architecture: 'amd64',
  });
  const program = assembleSeccomp(profile, 'amd64');
  const answers = ['mount', 'unshare', 'clone3', 'clone', 'reboot'].map((name) =>
    runFilter(program, {number: numberOf(name), architecture: X86_64, args: [0x10000000n]}),
  );
  expect(answers).toEqual([ALLOW, ALLOW, ALLOW, ALLOW, EPERM]);
});

test('the single-id filter pretends calls that change identity, and only those', () => {
  const profile = pretendIdentityCalls(
    defaultSeccomp(DEFAULT_CAPABILITIES, {architecture: 'amd64'}),
  );
  const program = assembleSeccomp(profile, 'amd64');
  const answers = ['chown', 'setresuid', 'setgroups', 'write', 'mount'].map((name) =>
    runFilter(program, {number: numberOf(name), architecture: X86_64}),
  );
  expect(answers).toEqual([PRETEND, PRETEND, PRETEND, ALLOW, EPERM]);
});

test('a machine without a table is refused', () => {
  expect(() => assembleSeccomp({defaultAction: 'SCMP_ACT_ALLOW'}, 'sparc')).toThrow(
    expect.objectContaining({code: 'E_SECCOMP_PROFILE'}),
  );
});

test('a profile without rules decides everything by its default', () => {
  const program = assembleSeccomp({defaultAction: 'SCMP_ACT_ALLOW'}, 'arm64');
  expect(runFilter(program, {number: 5000, architecture: AARCH64})).toBe(ALLOW);
  expect(runFilter(program, {number: 1, architecture: X86_64})).toBe(KILL_PROCESS);
});

describe.each(['amd64', 'arm64'])('on %s', (architecture) => {
  const table = SYSCALL_TABLES[architecture] as SyscallTable;

  test('every call of the table gets the answer of the plain reading of the default profile', () => {
    const profile = defaultSeccomp(DEFAULT_CAPABILITIES, {architecture});
    const program = assembleSeccomp(profile, architecture);
    const samples = [0n, 1n, 2n, 8n, 12n, 40n, 0x20000n, 0x7e020000n, 0xffffffffn, 2n ** 64n - 1n];
    for (const [name, number] of table.numbers) {
      for (const sample of samples) {
        const args = [sample, 0n, 0n, 0n, 0n, 0n];
        const got = runFilter(program, {number, architecture: table.audit, args});
        expect([name, sample, got]).toEqual([
          name,
          sample,
          plainReading(profile, table, {name, args}),
        ]);
      }
    }
  });

  test('any profile gets the answers of its plain reading', () => {
    fc.assert(
      fc.property(
        profiles(table),
        fc.array(word, {minLength: 6, maxLength: 6}),
        (profile, args) => {
          const program = assembleSeccomp(profile, architecture);
          for (const name of [...namesOf(profile), 'read', 'listns']) {
            const number = table.numbers.get(name) as number;
            const got = runFilter(program, {number, architecture: table.audit, args});
            expect(got).toBe(plainReading(profile, table, {name, args}));
          }
        },
      ),
      {numRuns: 200},
    );
  });
});

const namesOf = (profile: Seccomp): string[] =>
  (profile.syscalls ?? []).flatMap(({names}) => names);

const edges = [0, 1, 40, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];
const value = fc.oneof(fc.constantFrom(...edges), fc.nat());
const word = fc.oneof(
  fc.constantFrom(...edges.map(BigInt)),
  fc.bigInt({min: 0n, max: 2n ** 64n - 1n}),
);
const operator = fc.constantFrom<SeccompOperator>(
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
);

function profiles(table: SyscallTable): fc.Arbitrary<Seccomp> {
  const argument: fc.Arbitrary<SeccompArgument> = fc.record({
    index: fc.nat(5),
    value,
    valueTwo: value,
    op: operator,
  });
  const rule: fc.Arbitrary<SeccompRule> = fc.record({
    names: fc.array(fc.constantFrom(...table.numbers.keys()), {minLength: 1, maxLength: 40}),
    action: fc.constantFrom('SCMP_ACT_ALLOW', 'SCMP_ACT_ERRNO', 'SCMP_ACT_LOG', 'SCMP_ACT_TRAP'),
    errnoRet: fc.nat(4095),
    args: fc.array(argument, {maxLength: 4}),
  });
  return fc.record({
    defaultAction: fc.constantFrom('SCMP_ACT_ERRNO', 'SCMP_ACT_ALLOW', 'SCMP_ACT_KILL_PROCESS'),
    syscalls: fc.array(rule, {maxLength: 12}),
  });
}

/** The decision, read off the profile without any program. */
function plainReading(
  profile: Seccomp,
  table: SyscallTable,
  call: {name: string; args: readonly bigint[]},
): number {
  const rules = (profile.syscalls ?? []).filter(({names}) => names.includes(call.name));
  const decisive =
    rules.find(({args = []}) => args.length === 0) ??
    rules.find(({args = []}) => args.every((argument) => holds(argument, call.args)));
  if (decisive !== undefined) return answerOf(decisive.action, decisive.errnoRet);
  const newest = Math.max(-1, ...namesOf(profile).map((name) => table.numbers.get(name) ?? -1));
  const beyond = (table.numbers.get(call.name) as number) > newest;
  if (beyond && profile.defaultAction !== 'SCMP_ACT_ALLOW') return ENOSYS;
  return answerOf(profile.defaultAction, profile.defaultErrnoRet);
}

function holds(argument: SeccompArgument, args: readonly bigint[]): boolean {
  const got = args[argument.index] ?? 0n;
  const want = BigInt(argument.value);
  switch (argument.op) {
    case 'SCMP_CMP_NE':
      return got !== want;
    case 'SCMP_CMP_LT':
      return got < want;
    case 'SCMP_CMP_LE':
      return got <= want;
    case 'SCMP_CMP_EQ':
      return got === want;
    case 'SCMP_CMP_GE':
      return got >= want;
    case 'SCMP_CMP_GT':
      return got > want;
    case 'SCMP_CMP_MASKED_EQ':
      return (got & want) === BigInt(argument.valueTwo ?? 0);
  }
}

function answerOf(action: string, errno = 1): number {
  const values: Readonly<Record<string, number>> = {
    SCMP_ACT_ALLOW: ALLOW,
    SCMP_ACT_ERRNO: 0x00050000 | errno,
    SCMP_ACT_LOG: 0x7ffc0000,
    SCMP_ACT_TRAP: 0x00030000,
    SCMP_ACT_KILL_PROCESS: KILL_PROCESS,
  };
  return values[action] as number;
}
