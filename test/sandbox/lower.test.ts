import {expect, test} from 'vitest';
import type {RuntimeConfig} from '../../src/oci/runtime-spec.js';
import type {HostFacts} from '../../src/sandbox/host-facts.js';
import {lower} from '../../src/sandbox/lower.js';
import {type BuildStepOptions, buildStepSpec} from '../../src/sandbox/spec/build-step-spec.js';
import {plan, rootHost} from './plan-lines.js';

const RANGE = [{containerID: 0, hostID: 1000, size: 65537}];
const rootless: HostFacts = {...rootHost, userNamespace: true, uids: RANGE, gids: RANGE};

const ONE = [{containerID: 0, hostID: 1000, size: 1}];
const singleID: HostFacts = {...rootless, uids: ONE, gids: ONE};

const step = (options: Partial<BuildStepOptions> = {}): RuntimeConfig =>
  buildStepSpec({
    rootfs: '/mnt',
    args: ['/bin/sh', '-c', 'make'],
    env: ['A=1'],
    workingDirectory: '/src',
    account: {uid: 0, gid: 0, additionalGids: [10], home: '/root'},
    network: 'default',
    host: rootHost,
    hostsFile: '/dev/null',
    resolvConfFile: '/dev/zero',
    ...options,
  });

test('the plan of a build step, as root', () => {
  const {steps: _, ...rest} = lower(step(), {architecture: 'amd64'});
  expect(rest).toEqual({
    namespaces: 0x20000 | 0x20000000 | 0x08000000 | 0x04000000 | 0x02000000,
    join: [],
    uidMap: [],
    gidMap: [],
    timeOffsets: [],
    rootfs: '/mnt',
    terminal: false,
    init: false,
  });
  expect(plan(step())).toMatchInlineSnapshot(`
    [
      "mount proc /proc proc 14 '' directory",
      "mount tmpfs /dev tmpfs 16777218 mode=755,size=65536k directory",
      "mount devpts /dev/pts devpts 10 newinstance,ptmxmode=0666,mode=0620,gid=5 directory",
      "mount sysfs /sys sysfs 15 '' directory",
      "mount cgroup /sys/fs/cgroup cgroup2 15 '' directory",
      "mount mqueue /dev/mqueue mqueue 14 '' directory",
      "mount shm /dev/shm tmpfs 14 mode=1777,size=67108864 directory",
      "mount /dev/null /etc/hosts '' 4096 '' file",
      "remount /etc/hosts 4143",
      "mount /dev/zero /etc/resolv.conf '' 4096 '' file",
      "remount /etc/resolv.conf 4143",
      "device /dev/null 1 3 8630",
      "device /dev/zero 1 5 8630",
      "device /dev/full 1 7 8630",
      "device /dev/random 1 8 8630",
      "device /dev/urandom 1 9 8630",
      "device /dev/tty 5 0 8630",
      "symlink pts/ptmx /dev/ptmx",
      "symlink /proc/self/fd /dev/fd",
      "symlink /proc/self/fd/0 /dev/stdin",
      "symlink /proc/self/fd/1 /dev/stdout",
      "symlink /proc/self/fd/2 /dev/stderr",
      "symlink /proc/kcore /dev/core",
      "remount /dev 4132",
      "pivot-root",
      "read-only /proc/bus",
      "read-only /proc/fs",
      "read-only /proc/irq",
      "read-only /proc/sys",
      "read-only /proc/sysrq-trigger",
      "mask /proc/acpi",
      "mask /proc/asound",
      "mask /proc/interrupts",
      "mask /proc/kcore",
      "mask /proc/keys",
      "mask /proc/latency_stats",
      "mask /proc/sched_debug",
      "mask /proc/scsi",
      "mask /proc/timer_list",
      "mask /proc/timer_stats",
      "mask /sys/devices/virtual/powercap",
      "mask /sys/firmware",
      "mask /sys/devices/system/cpu/cpu0/thermal_throttle",
      "remount / 4132",
      "hostname buildkitsandbox",
      "rlimit 7 1024 524288",
      "seccomp",
      "chdir /src",
      "bounding-set 14 names",
      "user 0 0 [10]",
      "capabilities 14 14 0 0",
      "umask 18",
      "exec [/bin/sh -c make] [A=1 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root]",
    ]
  `);
});

test('a plan loses privileges last, in the order in which the right to do so is lost', () => {
  const verbs = lower(step(), {architecture: 'amd64'}).steps.map((one) => one.do);
  const order = verbs.slice(verbs.indexOf('rlimit'));
  expect(order).toEqual([
    'rlimit',
    'seccomp',
    'chdir',
    'bounding-set',
    'user',
    'capabilities',
    'umask',
    'exec',
  ]);
});

test('with no_new_privs the filter comes last', () => {
  const config = step();
  const noNewPrivileges = {...config, process: {...config.process, noNewPrivileges: true}};
  expect(plan(noNewPrivileges).slice(-3)).toEqual([
    'no-new-privs',
    'seccomp',
    expect.stringMatching(/^exec /),
  ]);
});

test('in a user namespace with the host’s network, /sys is bound with all below it', () => {
  expect(
    plan(step({host: rootless})).filter((line) => line.includes(' /sys')),
  ).toMatchInlineSnapshot(`
    [
      "mount /sys /sys '' 20480 '' directory",
      "remount /sys 20527",
      "mount cgroup /sys/fs/cgroup cgroup2 15 '' directory",
      "mask /sys/devices/virtual/powercap",
      "mask /sys/firmware",
      "mask /sys/devices/system/cpu/cpu0/thermal_throttle",
    ]
  `);
});

test('with an own network, /sys is mounted and the loopback device started', () => {
  const lines = plan(step({host: rootless, network: 'none'}));
  expect(lines).toContain("mount sysfs /sys sysfs 15 '' directory");
  expect(lines).toContain('loopback-up');
});

test('where one id is all there is, terminals have no group and other users are refused', () => {
  const account = {uid: 1000, gid: 0, additionalGids: [], home: '/'};
  expect(plan(step({host: singleID})).join('\n')).not.toContain('gid=5');
  expect(() => step({host: singleID, account})).toThrow(
    expect.objectContaining({code: 'E_UNMAPPED_ACCOUNT'}),
  );
  const filter = step({host: singleID, seccomp: 'unconfined'}).linux.seccomp;
  expect(filter?.syscalls).toEqual([
    {names: expect.arrayContaining(['chown', 'setgroups']), action: 'SCMP_ACT_ERRNO', errnoRet: 0},
  ]);
});

test('what surrounds a step wins over nothing it says itself', () => {
  const {env} = step({
    env: ['HTTP_PROXY=own', 'PATH=/own'],
    ambientEnv: ['HTTP_PROXY=http://proxy', 'NO_PROXY=*'],
  }).process;
  expect(env).toEqual(['HTTP_PROXY=own', 'PATH=/own', 'NO_PROXY=*', 'HOME=/root']);
});
