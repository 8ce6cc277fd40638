import {execFileSync} from 'node:child_process';
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

    for (const [args, listed] of [
      [['b*'], 'busybox'],
      [['--filter', 'until=2000-01-01'], ''],
      [['--all', '--filter', 'until=1s', 'busybox'], 'busybox'],
    ] as const) {
      const {stdout} = await place.ok(['images', '--format', '{{.Repository}}', ...args]);
      expect(stdout.trim()).toBe(listed);
    }
    const maybe = await place.run(['images', '--filter', 'dangling=maybe']);
    expect(maybe).toMatchObject({code: 125, stderr: expect.stringContaining('want true or false')});
    const forced = await place.ok(['rmi', '--force', 'nowhere']);
    expect(forced).toMatchObject({stdout: '', stderr: expect.stringContaining('no such image')});
    const some = await place.run(['inspect', '-f', '{{.Id}}', 'nowhere', 'busybox']);
    expect(some).toMatchObject({code: 1, stdout: expect.stringMatching(/^sha256:\w{64}\n$/)});

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

  test('are saved with the names that were asked for: a tag, all of a repository, none of an id', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const {stdout: id} = await place.ok(['images', '-q', 'busybox']);
    for (const tag of ['many:1', 'many:2']) await place.ok(['tag', 'busybox', tag]);
    for (const [asked, named] of [
      [['many'], [['many:1', 'many:2']]],
      [['many:2'], [['many:2']]],
      [['many:2', 'busybox', id.trim()], [['busybox:latest', 'many:2']]],
      [[id.trim()], [[]]],
    ] as const) {
      const archive = join(place.directory, 'saved.tar');
      await place.ok(['save', '-o', archive, ...asked]);
      const manifest = execFileSync('tar', ['-xOf', archive, 'manifest.json'], {encoding: 'utf8'});
      const tags = JSON.parse(manifest).map(({RepoTags}: {RepoTags: string[]}) => RepoTags);
      expect(tags).toEqual(named);
    }
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
    expect(inspected.Config).toMatchObject({User: '', WorkingDir: '', Entrypoint: null});

    await place.ok(['build', '-q', '-t', 'made', '--label', 'newer=1', files]);
    expect((await place.ok(['images', '-q', '--filter', 'dangling=true'])).stdout).not.toBe('');
    await place.ok(['image', 'prune', '--force']);
    expect((await place.ok(['images', '-q', '--filter', 'dangling=true'])).stdout).toBe('');
    const again = await place.build(files, 'again');
    expect(again.imageID).toBe(imageID);
    expect(again.steps.find(({name}) => name.includes('RUN'))?.state).toBe('cached');
  });
});
