/** Images mounted for others, read-only; and the difference of two. */

import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {commandPrefix, testUser, testUserNames} from '../helpers/users.js';
import {type Outcome, openPlace, outcome, type Place} from './place.js';

/** A shell of the same user, outside of all namespaces. */
function shell(user: string, script: string): Promise<Outcome> {
  const [program = '', ...args] = [...commandPrefix(testUser(user)), 'sh', '-c', script];
  return outcome(spawn(program, args, {stdio: ['ignore', 'pipe', 'pipe']}));
}

const mounted = async (place: Place): Promise<{id: string; holder: {pid: number}}[]> =>
  JSON.parse((await place.ok(['image', 'mount', '--json'])).stdout);

describe.each(testUserNames)('an image, as %s', (user) => {
  test('stays mounted read-only for the shell that asked, whatever is pruned, until it is unmounted', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const dockerfile =
      'FROM busybox\nCOPY greeting /greeting\nRUN rm /bin/vi && ln -s greeting /alias\n';
    await place.build(place.context({Dockerfile: dockerfile, greeting: 'hello'}), 'shown');
    const path = (await place.ok(['image', 'mount', 'shown'])).stdout.trim();
    try {
      await place.ok(['rmi', '--force', 'shown', 'busybox']);
      await place.ok(['image', 'prune', '--all', '--force']);
      const seen = await shell(user, `cd ${path} && cat alias && ls bin/vi; echo x > ${path}/new`);
      expect(seen.stdout).toBe('hello');
      expect(seen.stderr).toMatch(/bin\/vi.*No such file[\s\S]*Read-only file system/);
      const [mount, ...others] = await mounted(place);
      expect(others).toEqual([]);
      expect(mount).toMatchObject({image: 'shown', path});
      // Named twice, it ends once.
      const ended = await place.ok(['image', 'unmount', mount?.id ?? '', 'shown']);
      expect(ended.stdout).toBe(`${mount?.id}\n`);
    } finally {
      await place.ok(['image', 'unmount', '--all']);
    }
    expect((await shell(user, `ls ${path}`)).code).not.toBe(0);
    expect(await mounted(place)).toEqual([]);
    const {stderr} = await place.run(['image', 'unmount', 'shown']);
    expect(stderr).toContain('E_NO_SUCH_MOUNT');
  });

  test('is gone with the process that holds it, and forgotten then', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    await place.ok(['image', 'mount', 'busybox']);
    const pids = (await mounted(place)).map(({holder}) => holder.pid);
    expect(pids).toHaveLength(1);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    expect(await mounted(place)).toEqual([]);
  });

  test('is there for a command, which may write to a layer that is thrown away', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const inside = (script: string, ...flags: string[]) =>
      place.run(['image', 'mount', ...flags, 'busybox', '--', 'sh', '-c', script]);
    const refused = await inside('touch $TSBUILD_MOUNT/new; exit 7');
    expect(refused).toMatchObject({code: 7, stderr: expect.stringContaining('Read-only')});
    const script =
      'cd $TSBUILD_MOUNT && rm bin/vi && chmod 700 bin/busybox && rm -r etc && mkdir etc && echo 1 > etc/new';
    const written = await inside(script, '--scratch');
    expect(written.code).toBe(0);
    expect(written.stdout).toMatch(/^~ [\d.]+MB +\/bin\/busybox {2}\(mode 0755 → 0700\)$/m);
    expect(written.stdout).toMatch(/^- 0B +\/bin\/vi$/m);
    expect(written.stdout).toMatch(/^\+ 2B +\/etc\/new$/m);
    expect(
      (await inside('test -e $TSBUILD_MOUNT/bin/vi -a ! -e $TSBUILD_MOUNT/etc/new')).code,
    ).toBe(0);
    expect(await mounted(place)).toEqual([]);
    const usage = await place.run(['image', 'mount', '--scratch', 'busybox']);
    expect(usage).toMatchObject({code: 125, stderr: expect.stringContaining('E_USAGE')});
  });

  test('differs from another by files and config, from itself by nothing', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const build = (tag: string, text: string, main: string) =>
      place.build(place.context({Dockerfile: text, main, same: 'same'}), tag);
    const one =
      'FROM busybox\nENV MODE=slow\nCOPY . /app\nRUN mkdir /d && echo 1 > /d/1 && touch /x\nCMD ["a"]\n';
    await build('one', one, 'first');
    await build(
      'two',
      'FROM busybox\nENV MODE=fast\nVOLUME /data\nCOPY . /app\nRUN touch -d 2020-01-01 /x && chmod 600 /x\nCMD ["a"]\n',
      'other',
    );
    const diff = async (...args: string[]) => {
      const {code, stdout} = await place.run(['image', 'diff', '--exit-code', ...args]);
      return {code, lines: stdout.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, ' '))};
    };
    const {code, lines} = await diff('one', 'two');
    expect(code).toBe(1);
    expect(lines.slice(3, -1)).toEqual([
      'config',
      '~ Env.MODE: "slow" → "fast"',
      '+ Volumes./data: {}',
      '',
      'files',
      expect.stringMatching(/^~ \d+B \/app\/Dockerfile \(content/),
      expect.stringMatching(/^~ 5B \/app\/main \(content \w{12} → \w{12}\)$/),
      '- 2B /d/ (1 file)',
      '~ 0B /x (mode 0644 → 0600)',
    ]);
    const timed = await diff('--times', 'one', 'two');
    expect(timed.lines.at(-2)).toMatch(/^~ 0B \/x \(mode .*, time .* → 2020-01-01T/);
    expect(await diff('one', 'one')).toEqual({code: 0, lines: ['']});

    // The same of an image that came as a tar, and of the other as it was built.
    const archive = join(place.directory, 'one.tar');
    await place.ok(['save', '-o', archive, 'one']);
    await place.ok(['rmi', '--force', 'one']);
    await place.ok(['load'], {stdin: archive});
    expect((await diff('one', 'two')).lines).toEqual(lines);
  });
});
