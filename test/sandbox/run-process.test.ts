import {describe, expect, test} from 'vitest';
import type {Mount} from '../../src/oci/runtime-spec.js';
import {hasBusybox} from '../helpers/busybox-root.js';
import {launcherPath, runInNamespaces} from '../helpers/launcher.js';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import type {StepReport, StepRequest} from './programs/run-step.js';
import {runStep, shell} from './step-runner.js';

/** Left out is what differs between engines by design: how masks and devices are made, and the order of the mount table. */
const OBSERVE = `
echo "pid $$"
hostname
id
umask
env | grep -v SHLVL | sort
grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status
awk '($3 !~ /tmpfs/ || $2 ~ "^/dev") && $2 !~ "^/dev/(full|null|u?random|tty|zero)$" {print $2, $3}' /proc/mounts | sort -u
ls /dev
ls -l /dev/fd /dev/stdin /dev/ptmx /dev/core | awk '{print $9, $11}'
cat /etc/hosts
head -c 1 /proc/kcore /proc/keys
ls /sys/firmware /proc/acpi
mount -t tmpfs none /tmp
echo x > /etc/hosts
echo x > /proc/sys/kernel/hostname
ip -o link | cut -d: -f2
grep 'open files' /proc/self/limits
true
`;

const joinContainer = 'test/sandbox/programs/join-container.ts';

describe.skipIf(!hasBusybox).each(testUserNames)('a build step, as %s', (user) => {
  test('is process 1 of a machine of its own, with docker’s capabilities and no more', async (context) => {
    needs(context, 'user namespaces');
    const {stdout, stderr, code} = await runStep(user, {args: shell(OBSERVE), network: 'none'});
    const lines = stdout.split('\n');
    expect(code).toBe(0);
    expect(lines.slice(0, 4)).toEqual([
      'pid 1',
      'buildkitsandbox',
      'uid=0(root) gid=0(root) groups=0(root),10(wheel),44(video)',
      '0022',
    ]);
    expect(lines).toEqual(
      expect.arrayContaining([
        'COLOR=blue',
        'HOME=/root',
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'CapEff:\t00000000a80425fb',
        'CapPrm:\t00000000a80425fb',
        'CapBnd:\t00000000a80425fb',
        'CapInh:\t0000000000000000',
        'NoNewPrivs:\t0',
        'Seccomp:\t2',
        '127.0.0.1\tlocalhost buildkitsandbox',
      ]),
    );
    expect(stderr).toContain('permission denied (are you root?)');
    expect(stderr.match(/Read-only file system/g)).toHaveLength(2);
    expect(lines.filter((line) => line === ' lo')).toHaveLength(1);
    expect(lines.filter((line) => /^ (eth|en|veth)/.test(line))).toEqual([]);
  });

  test('shows no more and no less than under crun', async (context) => {
    needs(context, 'user namespaces', 'crun');
    for (const network of ['none', 'default'] as const) {
      const own = await runStep(user, {args: shell(OBSERVE), network});
      const other = await runStep(user, {args: shell(OBSERVE), network, runtime: 'crun'});
      expect(own.stdout.split('\n')).toEqual(other.stdout.split('\n'));
      expect(own.stderr).toBe(other.stderr);
    }
  });

  test.each<Partial<StepRequest> & {name: string; want: Partial<StepReport>}>([
    {name: 'a command that is not there', args: ['nope'], want: {error: 'E_COMMAND_NOT_FOUND'}},
    {name: 'a path that is not there', args: ['/bin/nope'], want: {error: 'E_COMMAND_NOT_FOUND'}},
    {
      name: 'a file without the execute bit',
      args: ['/etc/passwd'],
      want: {error: 'E_COMMAND_NOT_EXECUTABLE'},
    },
    {name: 'a directory', args: ['/bin'], want: {error: 'E_COMMAND_NOT_EXECUTABLE'}},
    {
      name: 'a working directory that is not there',
      args: ['/bin/ls'],
      workingDirectory: '/nowhere',
      want: {error: 'E_SANDBOX_SETUP'},
    },
    {
      name: 'an unknown user',
      args: ['/bin/ls'],
      user: 'nobody',
      want: {error: 'E_UNKNOWN_ACCOUNT'},
    },
    {name: 'a command that fails', args: shell('exit 42'), want: {code: 42}},
    {
      name: 'a command that is killed',
      args: shell('kill -9 $$'),
      init: true,
      want: {code: 137},
    },
  ])('tells $name apart', async ({name: _, want, ...request}) => {
    const report = await runStep(user, {args: [], ...request});
    expect(report).toMatchObject(want);
  });

  test('runs as a user of the image, who may write to its own output by name', async () => {
    const script =
      'id -u; id -G; echo $HOME; echo by-name > /dev/stdout; grep CapEff /proc/self/status';
    const {stdout} = await runStep(user, {
      args: shell(script),
      user: 'app',
    });
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining([
        '1000',
        '1001 10 44',
        '/home/app',
        'by-name',
        'CapEff:\t0000000000000000',
      ]),
    );
  });

  test('keeps a filter when privileges are given up first', async () => {
    const script = 'grep -E "^(NoNewPrivs|Seccomp):" /proc/self/status';
    const {stdout} = await runStep(user, {args: shell(script), noNewPrivileges: true});
    expect(stdout).toBe('NoNewPrivs:\t1\nSeccomp:\t2\n');
  });

  test('cannot write to a read-only root, only to what is mounted in it', async () => {
    const script = 'echo x > /tmp/x; echo y > /dev/shm/y && cat /dev/shm/y';
    const {stdout, stderr} = await runStep(user, {args: shell(script), readonlyRoot: true});
    expect(stdout).toBe('y\n');
    expect(stderr).toContain('Read-only file system');
  });

  test('delivers all of its output, in order', async () => {
    const script = 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo end >&2';
    const {stdout, stderr, code} = await runStep(user, {args: shell(script)});
    const lines = stdout.split('\n');
    expect([code, stderr, lines.length]).toEqual([0, 'end\n', 20001]);
    expect(lines.every((line, index) => index === 20000 || line === `line ${index}`)).toBe(true);
  });

  test('may have a user namespace of its own, and share what it is told to', async () => {
    const script = 'for kind in user uts; do readlink /proc/self/ns/$kind; done';
    const own = {user: 'private', network: 'private', time: 'private'} as const;
    const shared = {uts: 'host', ipc: 'host', cgroup: 'host', pid: 'host'} as const;
    const one = await runStep(user, {args: shell(script), container: {namespaces: own}});
    const other = await runStep(user, {args: shell(script), container: {namespaces: shared}});
    const [ownUser, ownName] = one.stdout.split('\n');
    expect(one.outside).not.toContain(ownUser);
    expect(one.outside).not.toContain(ownName);
    expect(other.stdout.trim().split('\n')).toEqual(other.outside);
  });

  test('says why a nested container cannot have its own /proc', async () => {
    const container = {namespaces: {user: 'private'}} as const;
    const report = await runStep(user, {args: ['/bin/ls'], container, coverProc: true});
    expect(report).toMatchObject({
      error: 'E_SANDBOX_SETUP',
      message: 'cannot set up the sandbox: mounting proc on /proc: EPERM',
      hint: expect.stringContaining('systempaths=unconfined'),
    });
  });

  test('may join the namespaces of another container', async () => {
    const {stdout, stderr} = await runInNamespaces(user, joinContainer, launcherPath());
    expect([stdout.split('\n'), stderr]).toEqual([
      ['first', 'sleep 600', 'same network namespace', 'other user', ''],
      '',
    ]);
  });

  test('sees a volume, read-only or not', async () => {
    const volume = (options: string[]): Mount => ({
      destination: '/data/deep',
      type: 'bind',
      source: 'BASE/scratch',
      options: ['rbind', 'rprivate', ...options],
    });
    const args = shell('echo text > /data/deep/file && cat /data/deep/file');
    const writable = await runStep(user, {args, container: {mounts: [volume([])]}});
    const readOnly = await runStep(user, {args, container: {mounts: [volume(['rro'])]}});
    expect(writable.stdout).toBe('text\n');
    expect(readOnly.stderr).toContain('Read-only file system');
  });

  test.for([{runtime: undefined}, {runtime: 'crun'}])(
    'ends with all its children when it is aborted (runtime $runtime)',
    async ({runtime}, context) => {
      if (runtime !== undefined) needs(context, 'crun');
      const args = shell('(sleep 600 &); echo started; sleep 600');
      const report = await runStep(user, {
        args,
        abortOnOutput: true,
        ...(runtime ? {runtime} : {}),
      });
      expect(report).toMatchObject({stdout: 'started\n', error: 'AbortError'});
    },
  );
});
