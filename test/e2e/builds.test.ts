import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, outcome} from './place.js';

describe.each(testUserNames)('the builds that were made, as %s', (user) => {
  test('are listed with how they ended, and their logs are whole', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: `FROM busybox
RUN echo one; echo two >&2
RUN head -c 20000000 /dev/zero | tr '\\0' x
RUN echo before it fails; exit 3
`,
    });
    const failed = await place.run(['build', '--project', 'big', '-t', 'loud', files]);
    expect(failed.code).toBe(1);
    const [build] = JSON.parse((await place.ok(['builds', '--json'])).stdout);
    expect(build).toMatchObject({
      project: 'big',
      tags: ['loud:latest'],
      status: 'failed',
      end: {error: {code: 'E_STEP_FAILED'}},
    });
    expect(
      build.steps.map(({result, logged}: {result: string; logged: number}) => [result, logged]),
    ).toEqual([
      ['done', 0],
      ['done', 8],
      ['done', 20_000_000],
      ['failed', 16],
    ]);
    const log = await place.ok(['logs', build.id, 'RUN head']);
    expect(log.stdout.length).toBe(20_000_000);
    expect((await place.ok(['logs', build.id, '4'])).stdout).toBe('before it fails\n');
    expect((await place.run(['logs', build.id, '9'])).stderr).toContain('E_NO_SUCH_STEP');

    await place.ok(['builds', 'rm', build.id]);
    expect((await place.ok(['builds', '-q'])).stdout).toBe('');
  });

  test('show one that was canceled, and one that was killed', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({Dockerfile: 'FROM busybox\nRUN echo begun; sleep 600\n'});
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const child = place.start(['build', '--progress', 'plain', files]);
      const ended = outcome(child);
      for await (const data of child.stderr ?? []) if (String(data).includes('begun')) break;
      const [pid] = JSON.parse((await place.ok(['builds', '--json'])).stdout).map(
        ({builder}: {builder: {pid: number}}) => builder.pid,
      );
      process.kill(pid, signal);
      await ended;
    }
    const rows = (await place.ok(['builds', '--format', '{{.Status}}'])).stdout;
    expect(rows).toBe('killed\ncanceled\n');
  });
});
