import {spawn, spawnSync} from 'node:child_process';
import {chmodSync, writeFileSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {describe, expect, test} from 'vitest';
import {launch} from '../../src/linux/launch.js';
import type {Plan, Step} from '../../src/linux/plan.js';
import {bundled} from '../helpers/bundled.js';
import {launcherAs} from '../helpers/launcher.js';
import {testUserNames} from '../helpers/users.js';
import {planFor, rootFor, runPlan} from './test-plan.js';

const hasScript = spawnSync('script', ['--version']).status === 0;
const program = bundled('test/linux/programs/run-plan.ts');

const device = (path: string, major: number, minor: number): Step => ({
  do: 'device',
  path,
  major,
  minor,
  mode: 0o666,
});

const mounts: Step[] = [
  {
    do: 'mount',
    source: 'tmpfs',
    target: '/dev',
    type: 'tmpfs',
    flags: 2,
    data: 'mode=755,size=64k',
    make: 'directory',
  },
  {
    do: 'mount',
    source: 'devpts',
    target: '/dev/pts',
    type: 'devpts',
    flags: 10,
    data: 'newinstance,ptmxmode=0666,mode=0620',
    make: 'directory',
  },
  {do: 'symlink', path: '/dev/ptmx', target: 'pts/ptmx'},
  device('/dev/null', 1, 3),
  device('/dev/tty', 5, 0),
];

function terminalPlan(name: string, rootfs: string, script: string): Plan {
  return planFor(name, rootfs, {mounts, script, plan: {terminal: true}});
}

async function runInTerminal(name: string, script: string, input?: string) {
  using root = rootFor(name);
  return await runPlan(name, terminalPlan(name, root.path, script), input);
}

describe.each(testUserNames)('a terminal, as %s', (name) => {
  test('is the process’s own: controlling, with a name in its /dev, and on /dev/console', async () => {
    const {stdout, outcome} = await runInTerminal(
      name,
      'busybox tty; echo to-tty >/dev/tty; echo to-console >/dev/console; busybox ps -o tty | busybox tail -1',
    );
    expect(outcome).toEqual({kind: 'exited', code: 0});
    expect(stdout).toBe('/dev/pts/0\r\nto-tty\r\nto-console\r\n136,0\r\n');
  });

  test('passes the end of input on, after a whole line and in the middle of one', async () => {
    const script = 'busybox stty -echo; cat; echo end';
    expect((await runInTerminal(name, script, 'one\ntwo\n')).stdout).toMatch(/two\r\nend\r\n$/);
    expect((await runInTerminal(name, script, 'one\ntwo')).stdout).toMatch(/twoend\r\n$/);
  });

  test('has all output by the end, however much the process wrote last', async () => {
    const {stdout} = await runInTerminal(name, 'busybox seq 200000');
    expect(stdout).toHaveLength(1_488_895);
    expect(stdout.endsWith('\r\n200000\r\n')).toBe(true);
  });

  test('turns control characters into signals', async () => {
    using root = rootFor(name);
    const script = 'trap "exit 42" INT; echo ready; while :; do sleep 0.05; done';
    const running = launch(terminalPlan(name, root.path, script), {
      launcher: launcherAs(name),
      stdin: 'pipe',
      stdout: 'pipe',
    });
    running.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('ready')) running.stdin?.write('\x03');
    });
    expect(await running.outcome).toEqual({kind: 'exited', code: 42});
  });

  test('belongs to the user the process is', async () => {
    using root = rootFor(name);
    const plan = terminalPlan(name, root.path, 'busybox stat -c %u /dev/pts/0; echo yes >/dev/tty');
    const user: Step = {do: 'user', uid: 1000, gid: 1001, additionalGids: []};
    const steps = [...plan.steps.slice(0, -1), user, ...plan.steps.slice(-1)];
    const {stdout} = await runPlan(name, {...plan, steps});
    expect(stdout).toBe('1000\r\nyes\r\n');
  });

  test('works under init, with the program in the foreground', async () => {
    using root = rootFor(name);
    // A process that is not in the foreground is stopped when it reads.
    const plan = terminalPlan(name, root.path, 'busybox stty -echo; read line; echo $$ $line');
    const {stdout} = await runPlan(name, {...plan, init: true}, 'read\n');
    expect(stdout).toMatch(/2 read\r\n$/);
  });

  test('without a devpts is refused at the pivot', async () => {
    using root = rootFor(name);
    const plan = {...terminalPlan(name, root.path, 'exit 0')};
    const steps = plan.steps.filter((step) => step.do !== 'mount' || step.type === 'proc');
    const {outcome} = await runPlan(name, {...plan, steps});
    const step = steps.findIndex((one) => one.do === 'pivot-root');
    expect(outcome).toEqual({kind: 'failed', step, errno: constants.errno.ENOENT});
  });
});

/** A shell line in a terminal of 33 rows and 77 columns that util-linux script(1) makes; its screen as text. */
async function onScreen(line: string): Promise<string> {
  const child = spawn('script', ['-qec', `stty rows 33 cols 77; ${line}`, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const screen = await text(child.stdout);
  child.stdin.end();
  return screen.replaceAll('\r\n', '\n');
}

describe.each(testUserNames)('a terminal inside a terminal, as %s', (name) => {
  const inTerminal = (folder: string, plan: Plan): string => {
    const file = join(folder, 'plan.json');
    writeFileSync(file, JSON.stringify(plan));
    chmodSync(file, 0o644);
    return `node ${program} ${file} ${launcherAs(name)}`;
  };

  test.skipIf(!hasScript)('has the window’s size from the first moment', async () => {
    using root = rootFor(name);
    const run = inTerminal(root.base, terminalPlan(name, root.path, 'busybox stty size'));
    expect(await onScreen(run)).toBe('33 77\n');
  });

  test.skipIf(!hasScript)('follows the window', async () => {
    using root = rootFor(name);
    const script =
      'trap "busybox stty size; exit" WINCH; echo ready >/tmp/ready; while :; do sleep 0.05; done';
    const run = inTerminal(root.base, terminalPlan(name, root.path, script));
    const whenReady = `until [ -s ${root.path}/tmp/ready ]; do sleep 0.05; done`;
    const screen = await onScreen(`t=$(tty); (${whenReady}; stty rows 44 cols 88 <$t) & ${run}`);
    expect(screen).toBe('44 88\n');
  });

  test.skipIf(!hasScript).each([
    {how: 'the process ends', script: 'exit 3', init: false, ended: '3'},
    {how: 'the process is killed', script: 'kill -9 $$', init: true, ended: '137'},
  ])('leaves the outer terminal as it was when $how', async ({script, init, ended}) => {
    using root = rootFor(name);
    const plan = {...terminalPlan(name, root.path, script), init};
    const run = inTerminal(root.base, plan);
    const screen = await onScreen(`stty -g; ${run}; echo $?; stty -g`);
    const [before, code, after] = screen.trim().split('\n');
    expect(code).toBe(ended);
    expect(after).toBe(before);
  });

  test.skipIf(!hasScript)(
    'leaves the outer terminal as it was when its parent is killed',
    async () => {
      using root = rootFor(name);
      const plan = terminalPlan(name, root.path, 'echo started; exec sleep 1000');
      const pids = join(root.base, 'pids');
      const run = inTerminal(root.base, plan);
      const screen = await onScreen(
        `stty -g; ${run} ${pids} & until [ -s ${pids} ]; do sleep 0.05; done; kill -9 $!; wait; ` +
          `while [ -e /proc/$(cut -d" " -f1 ${pids}) ]; do sleep 0.05; done; stty -g`,
      );
      const lines = screen
        .trim()
        .split('\n')
        .filter((line) => /^[0-9a-f:]{20,}$/.test(line));
      expect(lines).toHaveLength(2);
      expect(lines[1]).toBe(lines[0]);
    },
  );
});
