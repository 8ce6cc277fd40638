import {expect, test} from 'vitest';
import {CAPABILITY_NAMES, namesOfCapabilities} from '../../src/linux/capability-names.js';
import type {Plan, Step} from '../../src/linux/plan.js';
import type {Mount, RuntimeConfig} from '../../src/oci/runtime-spec.js';
import type {HostFacts} from '../../src/sandbox/host-facts.js';
import {lower} from '../../src/sandbox/lower.js';
import {type BuildStepOptions, buildStepSpec} from '../../src/sandbox/spec/build-step-spec.js';
import {DEFAULT_CAPABILITIES} from '../../src/sandbox/spec/capabilities.js';
import {containerSpec} from '../../src/sandbox/spec/container-spec.js';

const ALL_IDS = [{containerID: 0, hostID: 0, size: 2 ** 32 - 1}];

const rootHost: HostFacts = {
  architecture: 'amd64',
  userNamespace: false,
  uids: ALL_IDS,
  gids: ALL_IDS,
  unifiedCgroup: true,
  processors: 1,
  openFiles: 524288,
};

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

/** A step in a line: names of flags are the kernel's numbers. */
function shown(step: Step): string {
  const {do: verb, ...rest} = step;
  if (step.do === 'seccomp') return 'seccomp';
  if (step.do === 'bounding-set') return `${verb} ${namesOfCapabilities(step.keep).length} names`;
  if (step.do === 'capabilities') {
    const sets = [step.effective, step.permitted, step.inheritable, step.ambient];
    return `${verb} ${sets.map((set) => namesOfCapabilities(set).length).join(' ')}`;
  }
  const values = Object.values(rest).map((value) => {
    if (value === '') return "''";
    return Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
  });
  return [verb, ...values].join(' ');
}

const stepsOf = (plan: Plan): string[] => plan.steps.map(shown);
const plan = (config: RuntimeConfig): string[] => stepsOf(lower(config, {architecture: 'amd64'}));

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

const container = (options: Partial<Parameters<typeof containerSpec>[0]> = {}): RuntimeConfig =>
  containerSpec({
    rootfs: '/mnt',
    image: {Cmd: ['sh'], Env: ['PATH=/image', 'HOSTNAME=image', 'A=1'], WorkingDir: '/app'},
    account: {uid: 1000, gid: 1000, additionalGids: [], home: '/home/app'},
    host: rootHost,
    hostname: 'web',
    args: [],
    env: ['A', 'B=2'],
    terminal: true,
    readonlyRoot: true,
    capAdd: [],
    capDrop: [],
    noNewPrivileges: false,
    mounts: [],
    ...options,
  });

test('a container has the environment docker would give it', () => {
  expect(container().process.env).toEqual([
    'PATH=/image',
    'HOSTNAME=image',
    'TERM=xterm',
    'B=2',
    'HOME=/home/app',
  ]);
});

test('a container of an ordinary user holds no capabilities, and its root is remounted read-only', () => {
  const lines = plan(container());
  expect(lines).toContain(`bounding-set ${DEFAULT_CAPABILITIES.length} names`);
  expect(lines).toContain('capabilities 0 0 0 0');
  expect(lines).toContain('remount / 4129');
});

test('every capability can be kept', () => {
  const lines = plan(container({capAdd: ['ALL'], account: {...ROOT}}));
  const all = CAPABILITY_NAMES.length;
  expect(lines).toContain(`bounding-set ${all} names`);
  expect(lines).toContain(`capabilities ${all} ${all} 0 0`);
});

const ROOT = {uid: 0, gid: 0, additionalGids: [], home: '/root'};

test('own mounts replace default ones, and parents come before children', () => {
  const tmpfs = (destination: string): Mount => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['size=1m'],
  });
  const targets = container({mounts: [tmpfs('/a/b/c'), tmpfs('/dev/shm'), tmpfs('/a')]}).mounts.map(
    ({destination}) => destination,
  );
  expect(targets.slice(-3)).toEqual(['/a', '/dev/shm', '/a/b/c']);
  expect(targets.filter((target) => target === '/dev/shm')).toHaveLength(1);
});

test('a read-only bind is two calls, its propagation a third', () => {
  const bind: Mount = {
    destination: '/data',
    type: 'bind',
    source: '/dev',
    options: ['rbind', 'rslave', 'rro'],
  };
  expect(plan(container({mounts: [bind]})).filter((line) => line.includes('/data'))).toEqual([
    "mount /dev /data '' 20480 '' directory",
    'remount /data 20513',
    "mount '' /data '' 540672 '' nothing",
  ]);
});

test('namespaces are new, shared or joined', () => {
  const {namespaces, join, steps} = lower(
    container({namespaces: {pid: 'host', network: {path: '/proc/7/ns/net'}, time: 'private'}}),
    {architecture: 'amd64'},
  );
  expect(namespaces).toBe(0x20000 | 0x08000000 | 0x04000000 | 0x02000000 | 0x80);
  expect(join).toEqual([{kind: 0x40000000, path: '/proc/7/ns/net'}]);
  expect(steps.some((one) => one.do === 'loopback-up')).toBe(false);
});

test('a shared UTS namespace keeps its name', () => {
  const verbs = lower(container({namespaces: {uts: 'host'}}), {architecture: 'amd64'}).steps;
  expect(verbs.some((one) => one.do === 'hostname')).toBe(false);
});

test.each(['relative', './x'])('a working directory %j is refused', (workingDirectory) => {
  expect(() => container({workingDirectory})).toThrow(
    expect.objectContaining({code: 'E_INVALID_RUN_OPTION'}),
  );
});
