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
