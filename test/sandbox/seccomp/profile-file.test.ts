import {truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {
  parseSeccompProfile,
  readSeccompProfile,
} from '../../../src/sandbox/seccomp/profile-file.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

const context = {
  capabilities: ['CAP_CHOWN', 'CAP_SYS_PTRACE'],
  architecture: 'amd64',
  kernel: '6.1.0-18-amd64',
};

const parse = (profile: unknown) =>
  parseSeccompProfile(
    typeof profile === 'string' ? profile : JSON.stringify(profile),
    'p.json',
    context,
  );

const allow = (fields: object = {}) => ({names: ['read'], action: 'SCMP_ACT_ALLOW', ...fields});
const withRule = (rule: unknown) => ({defaultAction: 'SCMP_ACT_ERRNO', syscalls: [rule]});

test.each<{what: string; profile: unknown}>([
  {what: 'no JSON', profile: '{"defaultAction":'},
  {what: 'a list', profile: []},
  {what: 'null', profile: 'null'},
  {what: 'no default action', profile: {}},
  {what: 'an unknown default action', profile: {defaultAction: 'SCMP_ACT_NOTIFY'}},
  {what: 'a name of every object as action', profile: {defaultAction: 'constructor'}},
  {what: 'rules that are no list', profile: {defaultAction: 'SCMP_ACT_ALLOW', syscalls: {}}},
  {what: 'a rule that is no object', profile: withRule('read')},
  {what: 'a rule without names', profile: withRule({action: 'SCMP_ACT_ALLOW'})},
  {what: 'a name that is no text', profile: withRule(allow({names: [1]}))},
  {what: 'an unknown operator', profile: withRule(allow({args: [{index: 0, op: 'SCMP_CMP_XX'}]}))},
  {what: 'a seventh argument', profile: withRule(allow({args: [{index: 6, op: 'SCMP_CMP_EQ'}]}))},
  {
    what: 'a value that JSON cannot carry',
    profile: withRule(allow({args: [{index: 0, value: 2 ** 60, op: 'SCMP_CMP_EQ'}]})),
  },
  {what: 'a negative errno', profile: withRule(allow({errnoRet: -1}))},
  {
    what: 'too many rules',
    profile: {defaultAction: 'SCMP_ACT_ALLOW', syscalls: new Array(5000).fill(allow())},
  },
])('a profile with $what is refused', ({profile}) => {
  expect(() => parse(profile)).toThrow(expect.objectContaining({code: 'E_SECCOMP_PROFILE'}));
});

test('a file that is too large or not there is refused before it is read', async () => {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'p.json');
  expect(() => readSeccompProfile(path, context)).toThrow(
    expect.objectContaining({code: 'E_SECCOMP_PROFILE'}),
  );
  writeFileSync(path, '{}');
  truncateSync(path, 1_000_000_000);
  expect(() => readSeccompProfile(path, context)).toThrow(/4194304 bytes/);
});

test.each([
  {filter: {}, kept: true},
  {filter: {includes: {caps: ['CAP_SYS_PTRACE']}}, kept: true},
  {filter: {includes: {caps: ['CAP_SYS_ADMIN']}}, kept: false},
  {filter: {includes: {caps: ['CAP_CHOWN', 'CAP_SYS_ADMIN']}}, kept: false},
  {filter: {includes: {arches: ['arm64', 'amd64']}}, kept: true},
  {filter: {includes: {arches: ['s390x']}}, kept: false},
  {filter: {includes: {minKernel: '4.8'}}, kept: true},
  {filter: {includes: {minKernel: '6.2'}}, kept: false},
  {filter: {includes: {minKernel: '10.0'}}, kept: false},
  {filter: {excludes: {caps: ['CAP_CHOWN']}}, kept: false},
  {filter: {excludes: {caps: ['CAP_SYS_ADMIN'], arches: ['s390x']}}, kept: true},
  {filter: {excludes: {minKernel: '6.1'}}, kept: false},
])('a rule with $filter is kept: $kept', ({filter, kept}) => {
  expect(parse(withRule(allow(filter))).syscalls).toHaveLength(kept ? 1 : 0);
});

test('docker’s form becomes the runtime-spec’s', () => {
  const profile = {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    archMap: [
      {architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32']},
      {architecture: 'SCMP_ARCH_RISCV64', subArchitectures: null},
    ],
    syscalls: [
      {
        name: 'personality',
        action: 'SCMP_ACT_ALLOW',
        args: [{index: 0, value: 8, op: 'SCMP_CMP_EQ'}],
      },
      {names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38, comment: 'kept out', args: null},
    ],
  };
  expect(parse(profile)).toEqual({
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    syscalls: [
      {
        names: ['personality'],
        action: 'SCMP_ACT_ALLOW',
        args: [{index: 0, value: 8, op: 'SCMP_CMP_EQ'}],
      },
      {names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38},
    ],
  });
});
