import {execFileSync, spawn, spawnSync} from 'node:child_process';
import {chmodSync, chownSync, readFileSync, writeFileSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {describe, expect, test} from 'vitest';
import {parseLauncherReport} from '../../src/linux/features.js';
import {launcherAs, launcherPath} from '../helpers/launcher.js';
import {needs} from '../helpers/needs.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {commandPrefix, singleIDUser, testUser, testUserNames} from '../helpers/users.js';

/** A script in a folder that every user may enter. */
function scriptFolder(script: string) {
  const folder = temporaryFolder();
  chmodSync(folder.path, 0o755);
  const path = join(folder.path, 'script.mjs');
  writeFileSync(path, script);
  chmodSync(path, 0o644);
  return {script: path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]()};
}

const facts = `
import {readFileSync, readlinkSync} from 'node:fs';
console.log(JSON.stringify({
  pid: process.pid, uid: process.getuid(), gid: process.getgid(), args: process.argv.slice(2), cwd: process.cwd(),
  report: process.env.TSBUILD_NAMESPACE, user: readlinkSync('/proc/self/ns/user'), mounts: readlinkSync('/proc/self/ns/mnt'),
  ids: readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\\s+/).map(Number),
  capabilities: /CapEff:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1],
  children: readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8'),
}));`;

async function enter(launcher: string, ...args: string[]) {
  const child = spawn(launcher, args, {stdio: ['ignore', 'pipe', 'pipe'], cwd: '/usr'});
  const closed = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return {pid: child.pid ?? 0, ended: await closed, stdout, stderr};
}

describe.each(testUserNames)('entering as %s', (name) => {
  test('becomes Node, root in namespaces of its own, with the same process id and folder', async (context) => {
    needs(context, 'user namespaces', 'subordinate ids');
    await using folder = scriptFolder(facts);
    const {pid, stdout} = await enter(launcherAs(name), '--enter', folder.script, 'a b', '--flag');
    const seen = JSON.parse(stdout);
    const isRoot = testUser(name).uid === 0;
    expect(seen).toMatchObject({pid, uid: 0, gid: 0, args: ['a b', '--flag'], cwd: '/usr'});
    expect(parseLauncherReport(seen.report, pid)).toEqual({rung: isRoot ? 'root' : 'subids'});
    expect(seen.children).toBe('');
    const [user, mounts] = ['user', 'mnt'].map((kind) =>
      execFileSync('readlink', [`/proc/self/ns/${kind}`], {encoding: 'utf8'}).trim(),
    );
    expect(seen.mounts).not.toBe(mounts);
    expect(seen.user === user).toBe(isRoot);
    if (!isRoot) {
      expect(seen.ids.slice(0, 3)).toEqual([0, testUser(name).uid, 1]);
      expect(seen.ids[5]).toBeGreaterThanOrEqual(65_536);
      expect(BigInt(`0x${seen.capabilities}`) & 0x1ff_ffff_ffffn).toBe(0x1ff_ffff_ffffn);
    }
  });

  test('cannot be written to from where it leads, whoever owns it', async (context) => {
    needs(context, 'user namespaces');
    await using folder = scriptFolder(`
      import {openSync} from 'node:fs';
      try { openSync(process.argv[2], 'r+'); } catch ({code}) { console.log(code); }`);
    const own = join(folder.script, '../tsbuild');
    execFileSync('cp', [launcherPath(), own]);
    chownSync(own, testUser(name).uid, testUser(name).gid);
    const [command = '', ...prefix] = [...commandPrefix(testUser(name)), own];
    const {stdout} = await enter(command, ...prefix, '--enter', folder.script, own);
    expect(stdout).toBe('EROFS\n');
  });

  test('starts bin.js beside the executable when no script is named', async () => {
    await using folder = scriptFolder('');
    const {script} = folder;
    const executable = join(script, '..', 'tsbuild');
    execFileSync('cp', [launcherPath(), executable]);
    writeFileSync(join(script, '../bin.js'), 'console.log(process.argv.slice(2).join())');
    const link = join(script, '../link');
    execFileSync('ln', ['-s', 'tsbuild', link]);
    expect((await enter(link, 'build', '--enter', '.')).stdout).toBe('build,--enter,.\n');
  });

  test.each([
    {script: 'process.exit(42)', ended: 42},
    {
      script: 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 60_000)',
      ended: 'SIGTERM',
    },
  ])('ends as Node does: $ended', async ({script, ended}) => {
    await using folder = scriptFolder(script);
    expect((await enter(launcherAs(name), '--enter', folder.script)).ended).toBe(ended);
  });

  test('keeps its mounts from everybody else, and they end with it', async () => {
    await using folder = scriptFolder(`
      import {execFileSync} from 'node:child_process';
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs-of-test-${process.pid}', '/usr/local']);
      console.log(execFileSync('cat', ['/proc/self/mountinfo']).includes('tmpfs-of-test-${process.pid}'));`);
    expect((await enter(launcherAs(name), '--enter', folder.script)).stdout).toBe('true\n');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain('tmpfs-of-test');
  });
});

test('an ordinary user without sub-ids gets a namespace of one id, and is told why', async (context) => {
  needs(context, 'user namespaces');
  const user = singleIDUser();
  if (user === undefined) return context.skip('this user has subordinate ids');
  await using folder = scriptFolder(facts);
  const {pid, stdout} = await enter(launcherAs(user.name), '--enter', folder.script);
  const seen = JSON.parse(stdout);
  expect(seen).toMatchObject({uid: 0, gid: 0, ids: [0, user.uid, 1]});
  expect(parseLauncherReport(seen.report, pid)).toEqual({
    rung: 'single',
    obstacle: {what: 'subids', errno: 'ENOENT'},
  });
});

test('where user namespaces are refused, Node starts all the same, as who it was', async (context) => {
  needs(context, 'root', 'user namespaces');
  await using folder = scriptFolder(facts);
  // The limit is set in a user namespace of the test's own, one level up.
  const refuse = 'echo 0 >/proc/sys/user/max_user_namespaces';
  const drop = 'exec setpriv --bounding-set -all --inh-caps -all';
  const line = `${refuse} && ${drop} ${launcherPath()} --enter ${folder.script}`;
  const {pid, stdout} = await enter('unshare', '--user', '--map-root-user', 'sh', '-c', line);
  const seen = JSON.parse(stdout);
  expect(seen.pid).toBe(pid);
  expect(parseLauncherReport(seen.report, pid)).toEqual({
    rung: 'none',
    obstacle: {what: 'unshare', errno: 'ENOSPC'},
  });
});

test('inside a user namespace of one id, the rung is told from the map', async (context) => {
  needs(context, 'user namespaces');
  await using folder = scriptFolder(facts);
  const {stdout, pid} = await enter(
    ...([
      'unshare',
      '--user',
      '--map-root-user',
      launcherPath(),
      '--enter',
      folder.script,
    ] as const),
  );
  expect(parseLauncherReport(JSON.parse(stdout).report, pid)).toEqual({rung: 'single'});
});

test('without Node it says so, and ends with 127', () => {
  const {status, stderr} = spawnSync(launcherPath(), ['x'], {
    encoding: 'utf8',
    env: {TSBUILD_NODE: '/nonexistent/node'},
  });
  expect(status).toBe(127);
  expect(stderr).toMatch(/\/nonexistent\/node.*No such file/);
  expect(stderr).toContain('TSBUILD_NODE');
});

test('a report of another process, or none, is no report', () => {
  for (const report of ['', '12:root', '7:moon', '7', ':root', '70:root']) {
    expect(parseLauncherReport(report, 7)).toBeUndefined();
  }
  expect(parseLauncherReport(`7:none:uid_map ${constants.errno.EPERM}`, 7)).toEqual({
    rung: 'none',
    obstacle: {what: 'uid_map', errno: 'EPERM'},
  });
});
