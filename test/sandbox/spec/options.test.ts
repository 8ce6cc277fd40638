import {expect, test} from 'vitest';
import {
  capabilityNames,
  capabilitySets,
  DEFAULT_CAPABILITIES,
} from '../../../src/sandbox/spec/capabilities.js';
import {commandLine} from '../../../src/sandbox/spec/command-line.js';
import {parseNamespaceMode} from '../../../src/sandbox/spec/namespace-modes.js';
import {parseSecurityOptions} from '../../../src/sandbox/spec/security-option.js';

const refused = expect.objectContaining({code: 'E_INVALID_RUN_OPTION'});

test.each([
  {entrypoint: undefined, args: [], want: ['/entry', 'cmd']},
  {entrypoint: undefined, args: ['x'], want: ['/entry', 'x']},
  {entrypoint: '/own', args: [], want: ['/own']},
  {entrypoint: '/own', args: ['x'], want: ['/own', 'x']},
  {entrypoint: '', args: ['x'], want: ['x']},
])('entrypoint $entrypoint with $args runs $want', ({entrypoint, args, want}) => {
  expect(commandLine({Entrypoint: ['/entry'], Cmd: ['cmd']}, entrypoint, args)).toEqual(want);
});

test.each([
  {image: {}, entrypoint: undefined},
  {image: {Cmd: ['cmd']}, entrypoint: ''},
  {image: {Cmd: ['']}, entrypoint: undefined},
])('nothing to run is an error: $image, entrypoint $entrypoint', ({image, entrypoint}) => {
  expect(() => commandLine(image, entrypoint, [])).toThrow(
    expect.objectContaining({code: 'E_NO_COMMAND'}),
  );
});

test.each([
  {add: ['NOPE'], drop: []},
  {add: [], drop: ['CAP_']},
  {add: [''], drop: []},
])('capabilities that do not exist are refused: +$add -$drop', ({add, drop}) => {
  expect(() => capabilityNames(add, drop)).toThrow(refused);
});

test('there are 14 capabilities by default', () => {
  expect(capabilityNames([], [])).toEqual([...DEFAULT_CAPABILITIES]);
  expect(DEFAULT_CAPABILITIES).toHaveLength(14);
});

test.each([
  {add: ['net_admin'], drop: [], holds: ['CAP_NET_ADMIN', 'CAP_CHOWN'], lacks: ['CAP_SYS_ADMIN']},
  {add: [], drop: ['CAP_CHOWN'], holds: ['CAP_KILL'], lacks: ['CAP_CHOWN']},
  {add: ['CHOWN'], drop: ['ALL'], holds: ['CAP_CHOWN'], lacks: ['CAP_KILL', 'CAP_SETUID']},
  {add: ['ALL'], drop: ['SYS_ADMIN'], holds: ['CAP_NET_ADMIN'], lacks: ['CAP_SYS_ADMIN']},
  {add: ['all'], drop: [], holds: ['CAP_CHECKPOINT_RESTORE', 'CAP_SYS_ADMIN'], lacks: []},
])('--cap-add $add --cap-drop $drop', ({add, drop, holds, lacks}) => {
  const names = capabilityNames(add, drop);
  expect(names).toEqual(expect.arrayContaining(holds));
  for (const name of lacks) expect(names).not.toContain(name);
});

test('who is not root holds nothing, and may still gain what is in the bounding set', () => {
  expect(capabilitySets(['CAP_CHOWN'], 1000)).toEqual({
    bounding: ['CAP_CHOWN'],
    effective: [],
    permitted: [],
    inheritable: [],
    ambient: [],
  });
});

test.each([
  'apparmor=docker-default',
  'seccomp',
  'seccomp=',
  'no-new-privileges=maybe',
  'label=type:x',
  'systempaths=unconfined',
])('--security-opt %s is refused', (text) => {
  expect(() => parseSecurityOptions([text])).toThrow(refused);
});

test('--security-opt takes docker’s spellings, the last one wins', () => {
  expect(
    parseSecurityOptions(['no-new-privileges', 'seccomp:unconfined', 'seccomp=/p.json']),
  ).toEqual({noNewPrivileges: true, seccomp: {file: '/p.json'}});
  expect(parseSecurityOptions(['no-new-privileges=false', 'label=disable'])).toEqual({
    noNewPrivileges: false,
  });
});

test.each(['', 'shared', 'container:', 'container:web', 'container:0'])(
  'a namespace mode %j is refused',
  (text) => {
    expect(() => parseNamespaceMode('pid', text)).toThrow(refused);
  },
);

test('a namespace is private, the host’s, or that of a process or file', () => {
  expect(parseNamespaceMode('network', 'none')).toBe('private');
  expect(parseNamespaceMode('ipc', 'host')).toBe('host');
  expect(parseNamespaceMode('network', 'container:7')).toEqual({path: '/proc/7/ns/net'});
  expect(parseNamespaceMode('pid', 'container:/run/ns/x')).toEqual({path: '/run/ns/x'});
});
