import {expect, test} from 'vitest';
import {CAPABILITY_NAMES} from '../../../src/linux/capability-names.js';
import type {Mount, RuntimeConfig} from '../../../src/oci/runtime-spec.js';
import {lower} from '../../../src/sandbox/lower.js';
import {DEFAULT_CAPABILITIES} from '../../../src/sandbox/spec/capabilities.js';
import {containerSpec} from '../../../src/sandbox/spec/container-spec.js';
import {plan, rootHost} from '../plan-lines.js';

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
  expect(lines).toContain('remount / 4133');
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
