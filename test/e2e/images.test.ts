import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

const names = async (place: Place): Promise<string[]> => {
  const {stdout} = await place.ok(['images', '--format', '{{.Repository}}:{{.Tag}}']);
  return stdout.trim().split('\n').sort();
};

describe.each(testUserNames)('images, as %s', (user) => {
  test('are refused by a name that is nowhere, and kept while another name or a container needs them', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    await place.ok(['tag', 'busybox', '10.24.2.30:5000/tools:1']);
    const {stdout: id} = await place.ok(['images', '-q', 'busybox']);
    for (const [args, code] of [
      [['rmi', 'nowhere'], 'E_IMAGE_NOT_FOUND'],
      [['tag', 'nowhere', 'x'], 'E_IMAGE_NOT_FOUND'],
      [['tag', 'busybox', 'UPPER'], 'E_INVALID_REFERENCE'],
      [['rmi', id.trim()], 'E_IMAGE_IN_USE'],
    ] as const) {
      const {code: exit, stderr} = await place.run(args);
      expect({exit, stderr}).toMatchObject({exit: 1, stderr: expect.stringContaining(code)});
    }
    expect(await names(place)).toEqual(['10.24.2.30:5000/tools:1', 'busybox:latest']);

    expect((await place.ok(['rmi', 'busybox'])).stdout).toBe('Untagged: busybox:latest\n');
    await place.ok(['run', '--name', 'holder', '10.24.2.30:5000/tools:1', 'true']);
    const refused = await place.run(['rmi', '10.24.2.30:5000/tools:1']);
    expect(refused.stderr).toContain('container holder uses it');
    await place.ok(['rm', 'holder']);
    const {stdout} = await place.ok(['rmi', '10.24.2.30:5000/tools:1']);
    expect(stdout).toMatch(
      /^Untagged: 10\.24\.2\.30:5000\/tools:1\nDeleted: sha256:[0-9a-f]{64}\n$/,
    );
  });

  test('tell how they were made, and go when they are pruned, while the cache keeps its layers', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const dockerfile = 'FROM busybox\nLABEL kind=test\nRUN echo hi > /hi\nCMD ["cat", "/hi"]\n';
    const files = place.context({Dockerfile: dockerfile});
    const {imageID} = await place.build(files, 'made');

    const history = await place.ok(['history', '--format', '{{.CreatedBy}}', '--no-trunc', 'made']);
    expect(history.stdout.trim().split('\n').slice(0, 3)).toEqual([
      'CMD ["cat" "/hi"]',
      'RUN /bin/sh -c echo hi > /hi # buildkit',
      'LABEL kind=test',
    ]);
    const [inspected] = JSON.parse((await place.ok(['inspect', 'made'])).stdout);
    expect(inspected).toMatchObject({Id: imageID, RepoTags: ['made:latest'], Os: 'linux'});

    await place.ok(['build', '-q', '-t', 'made', '--label', 'newer=1', files]);
    expect((await place.ok(['images', '-q', '--filter', 'dangling=true'])).stdout).not.toBe('');
    await place.ok(['image', 'prune', '--force']);
    expect((await place.ok(['images', '-q', '--filter', 'dangling=true'])).stdout).toBe('');
    const again = await place.build(files, 'again');
    expect(again.imageID).toBe(imageID);
    expect(again.steps.find(({name}) => name.includes('RUN'))?.state).toBe('cached');
  });
});

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
});
