import {spawn} from 'node:child_process';
import {chmodSync, existsSync, openSync, readFileSync, writeFileSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {launch, launchDetached} from '../../src/linux/launch.js';
import {outcomeInFile} from '../../src/linux/outcome-records.js';
import {bundled} from '../helpers/bundled.js';
import {launcherAs, launcherPath} from '../helpers/launcher.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {testUserNames} from '../helpers/users.js';
import {planFor, rootFor} from './test-plan.js';

const program = bundled('test/linux/programs/run-plan.ts');

/** Fails by the test's time limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\sZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe.each(testUserNames)('the life of a process, as %s', (name) => {
  test.each([
    {title: 'runs as root', steps: []},
    {
      title: 'runs as another user',
      steps: [{do: 'user', uid: 1000, gid: 1001, additionalGids: []}] as const,
    },
  ])('ends at once when the parent is killed and it $title', async ({steps}) => {
    using root = rootFor(name);
    const plan = planFor(name, root.path, {steps, script: 'trap "" TERM HUP; sleep 1000; true'});
    const [file, pids] = [join(root.base, 'plan.json'), join(root.base, 'pids')];
    writeFileSync(file, JSON.stringify(plan));
    chmodSync(file, 0o644);
    const parent = spawn(process.execPath, [program, file, launcherAs(name), pids], {
      stdio: 'ignore',
    });
    await until(() => existsSync(pids) && readFileSync(pids, 'utf8').includes(' '));
    const [monitor = 0, process1 = 0] = readFileSync(pids, 'utf8').split(' ').map(Number);
    expect([monitor, process1].map(isAlive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    await until(() => !isAlive(monitor) && !isAlive(process1));
  });

  test('ends when the monitor is killed', async () => {
    using root = rootFor(name);
    const plan = planFor(name, root.path, {script: 'exec sleep 1000'});
    const running = launch(plan, {launcher: launcherAs(name)});
    const pid = await running.started;
    process.kill(running.pid, 'SIGKILL');
    expect(await running.outcome).toEqual({kind: 'signaled', signal: constants.signals.SIGKILL});
    await until(() => !isAlive(pid ?? 0));
  });

  test('gets the signals that are sent to it, and those sent to its monitor', async () => {
    using root = rootFor(name);
    const script =
      'trap "echo term" TERM; trap "echo usr1; exit 5" USR1; echo ready; while :; do sleep 0.02; done';
    const running = launch(planFor(name, root.path, {script}), {
      launcher: launcherAs(name),
      stdout: 'pipe',
    });
    let said = '';
    running.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    await until(() => said === 'ready\n');
    running.kill('SIGTERM');
    await until(() => said === 'ready\nterm\n');
    process.kill(running.pid, 'SIGUSR1');
    expect(await running.outcome).toEqual({kind: 'exited', code: 5});
    expect(said).toBe('ready\nterm\nusr1\n');
    running.kill('SIGTERM');
  });

  test('SIGKILL ends everything in its pid namespace before the outcome is told', async () => {
    using root = rootFor(name);
    const plan = planFor(name, root.path, {script: 'sleep 1000 | sleep 1000; true'});
    const running = launch(plan, {launcher: launcherAs(name)});
    const pid = await running.started;
    const children = `/proc/${pid}/task/${pid}/children`;
    await until(() => readFileSync(children, 'utf8').trim().split(' ').length === 2);
    const pids = readFileSync(children, 'utf8').trim().split(' ').map(Number);
    running.kill('SIGKILL');
    expect(await running.outcome).toEqual({kind: 'signaled', signal: constants.signals.SIGKILL});
    expect([pid ?? 0, ...pids].map(isAlive)).toEqual([false, false, false]);
  });

  test('outlives its parent when detached, and leaves its outcome in the file', async () => {
    using root = rootFor(name);
    await using folder = temporaryFolder();
    const [log, records] = [join(folder.path, 'log'), join(folder.path, 'records')];
    const monitor = launchDetached(
      planFor(name, root.path, {
        script: 'trap "echo bye; exit 6" TERM; echo up; while :; do sleep 0.02; done',
      }),
      {
        launcher: launcherAs(name),
        stdin: 'ignore',
        stdout: openSync(log, 'a'),
        stderr: 'ignore',
        outcome: openSync(records, 'a'),
      },
    );
    await until(() => readFileSync(log, 'utf8') === 'up\n');
    expect(outcomeInFile(readFileSync(records))).toBeUndefined();
    process.kill(monitor, 'SIGTERM');
    await until(() => outcomeInFile(readFileSync(records)) !== undefined);
    expect(outcomeInFile(readFileSync(records))).toEqual({kind: 'exited', code: 6});
    expect(readFileSync(log, 'utf8')).toBe('up\nbye\n');
  });
});

test('a launcher that is not there is an error of its own', async () => {
  const plan = planFor('root', '/', {script: ''});
  const running = launch(plan, {launcher: '/no/such/launcher'});
  await expect(running.outcome).rejects.toMatchObject({
    code: 'E_LAUNCHER',
    path: '/no/such/launcher',
  });
  expect(await running.started).toBeUndefined();
});

test('a parent that is not the one named has gone already', async () => {
  const child = spawn(launcherPath(), ['--plan', '0', '--outcome', '1', '--parent', '1'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.end('');
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(125);
});
