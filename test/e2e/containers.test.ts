import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

describe.each(testUserNames)('containers, as %s', (user) => {
  test('stay with their exit code until they are removed; those run with --rm do not', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    expect((await place.run(['run', '--name', 'kept', 'busybox', 'sh', '-c', 'exit 7'])).code).toBe(
      7,
    );
    await place.ok(['run', '--rm', '--name', 'gone', 'busybox', 'true']);
    const taken = await place.run(['run', '--name', 'kept', 'busybox', 'true']);
    expect(taken).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('E_CONTAINER_NAME_IN_USE'),
    });
    const {stdout} = await place.ok(['ps', '-a', '--format', '{{.Names}} {{.Status}}']);
    expect(stdout).toMatch(/^kept Exited \(7\) .* ago\n$/);
    expect((await place.ok(['ps', '-q'])).stdout).toBe('');
    await place.ok(['rm', 'kept']);
    expect((await place.ok(['ps', '-a', '-q'])).stdout).toBe('');
  });

  test('share a named volume, which takes over what the image has there', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile:
        'FROM busybox\nRUN mkdir /data && echo seed > /data/seed && chown -R 7:8 /data\nVOLUME /data\n',
    });
    await place.build(files, 'voluminous');
    const inVolume = (volume: string, command: string) =>
      place.ok(['run', '--rm', '-v', volume, 'voluminous', 'sh', '-c', command]);
    await inVolume('shared:/data', 'echo more > /data/more');
    const {stdout} = await inVolume(
      'shared:/data',
      'cat /data/seed /data/more; stat -c %u:%g /data/seed',
    );
    expect(stdout).toBe('seed\nmore\n7:8\n');
    const readOnly = await place.run([
      'run',
      '--rm',
      '-v',
      'shared:/data:ro',
      'voluminous',
      'touch',
      '/data/x',
    ]);
    expect(readOnly.code).toBe(1);
    const anonymous = await place.ok(['run', '--rm', 'voluminous', 'ls', '/data']);
    expect(anonymous.stdout).toBe('seed\n');
  });

  test('see a directory of the host, which is made when it is missing', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const source = join(place.directory, 'new');
    await place.ok(['run', '--rm', '-v', `${source}:/out`, 'busybox', 'touch', '/out/made']);
    expect(existsSync(join(source, 'made'))).toBe(true);
  });

  test('see what --mount names, the outer before the inner, and never a source that is missing', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const source = place.context({file: 'of the host'});
    const mounted = (...mounts: string[]) =>
      place.run([
        'run',
        '--rm',
        ...mounts.flatMap((mount) => ['--mount', mount]),
        'busybox',
        'sh',
        '-c',
        'cat /out/file; touch /out/x /out/in/y; stat -c %a /out/in; df -k /out/in | tail -n 1',
      ]);
    const bind = `type=bind,source=${source},target=/out`;
    const missing = await mounted(`${bind},readonly`.replace(source, `${source}/none`));
    expect(missing).toMatchObject({code: 125, stderr: expect.stringContaining('does not exist')});
    mkdirSync(join(source, 'in'));
    const seen = await mounted(
      'type=tmpfs,target=/out/in,tmpfs-mode=1750,tmpfs-size=3m',
      `${bind},readonly`,
    );
    expect(seen.stdout).toMatch(/^of the host1750\n.* 3072 /);
    expect(seen.stderr).toContain('/out/x: Read-only file system');
    expect(readdirSync(join(source, 'in'))).toEqual([]);
  });
});
