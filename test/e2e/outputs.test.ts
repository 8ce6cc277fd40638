import {existsSync, readdirSync, readFileSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {host} from '../helpers/host.js';
import {needs} from '../helpers/needs.js';
import {describeTree} from '../helpers/tree.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

const DOCKERFILE = `FROM busybox
HEALTHCHECK CMD true
SHELL ["/bin/sh", "-c"]
ONBUILD RUN true
RUN echo made > /made
`;

const FILES = `FROM busybox
RUN mkdir -p /srv/old/er /srv/dir && echo text > /srv/program && chown 12:34 /srv/program && chmod 4755 /srv/program
RUN ln /srv/program /srv/hard && ln -s dir /srv/soft && mkfifo /srv/fifo && echo old > /srv/dir/old
RUN rm -rf /srv/old /srv/dir /etc/group && mkdir /srv/dir && chown 5:6 /srv/dir && chmod 1777 /srv/dir \\
  && echo new > /srv/dir/new && chmod 640 /srv/dir/new
`;

describe.each(testUserNames)('outputs, as %s', (user) => {
  test('one build goes to the store, an archive of each kind and a layout, and each is that image', async (context) => {
    needs(context, 'user namespaces', 'skopeo');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({Dockerfile: DOCKERFILE});
    const outputs = [
      'type=image',
      'type=oci,dest=oci.tar',
      'type=docker,dest=docker.tar',
      'type=oci,dest=layout,tar=false',
    ];
    const flags = outputs.flatMap((output) => ['-o', output]);
    const {stdout} = await place.ok(['build', '-t', 'made:1', '--iidfile', 'iid', ...flags, files]);
    const id = stdout.trim();
    await place.verify('made:1');
    expect(readFileSync(join(place.directory, 'iid'), 'utf8')).toBe(id);

    for (const source of ['oci-archive:oci.tar:1', 'docker-archive:docker.tar', 'oci:layout:1']) {
      const [transport, path = '', name] = source.split(':');
      const at = [transport, join(place.directory, path), name].filter(Boolean).join(':');
      const config = host('skopeo', 'inspect', '--config', '--raw', at);
      expect(JSON.parse(config).config, source).toMatchObject({
        Healthcheck: {Test: ['CMD-SHELL', 'true']},
        Shell: ['/bin/sh', '-c'],
        OnBuild: ['RUN true'],
      });
    }

    await using other = await openPlace(user);
    for (const archive of ['oci.tar', 'docker.tar']) {
      await other.ok(['load', '-q', '-i', join(place.directory, archive)]);
      expect(JSON.parse((await other.ok(['inspect', 'made:1'])).stdout)[0].Id, archive).toBe(id);
    }
  });

  test('files go to a directory as their owner, and into a tar with their owners, without what was deleted', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({Dockerfile: FILES});
    const outputs = ['-o', 'out', '-o', 'type=tar,dest=out.tar'];
    expect((await place.ok(['build', ...outputs, files])).stdout).toBe('');
    const out = join(place.directory, 'out');
    expect(describeTree(join(out, 'srv'), {owners: true})).toEqual(
      [
        'dir d1777 UID:GID',
        'dir/new f0640 UID:GID "new\\n"',
        'fifo p0644 UID:GID',
        'hard f4755 UID:GID "text\\n"',
        'program f4755 UID:GID "text\\n"',
        'soft l0777 UID:GID -> dir',
      ].map((line) => line.replace('UID:GID', `${place.user.uid}:${place.user.gid}`)),
    );
    expect(existsSync(join(out, 'etc/group'))).toBe(false);

    const listed = host('tar', '--numeric-owner', '-tvf', join(place.directory, 'out.tar'));
    const lines = listed.split('\n').filter((line) => / srv\/./.test(line));
    expect(lines.map((line) => line.replace(/ +\d+ \d{4}-\S+ \S+ /, ' '))).toEqual([
      'drwxrwxrwt 5/6 srv/dir/',
      '-rw-r----- 0/0 srv/dir/new',
      'prw-r--r-- 0/0 srv/fifo',
      '-rwsr-xr-x 12/34 srv/hard',
      'hrwsr-xr-x 12/34 srv/program link to srv/hard',
      'lrwxrwxrwx 0/0 srv/soft -> dir',
    ]);
    expect((await place.run(['images', '-q'])).stdout.trim().split('\n')).toHaveLength(1);
  });

  test('a second export with mode=delete leaves nothing of the first', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const build = (line: string, ...flags: string[]) =>
      place.ok([
        'build',
        '-o',
        ['type=local,dest=out', ...flags].join(','),
        place.context({Dockerfile: `FROM scratch\n${line}\n`, a: 'a', b: 'b'}),
      ]);
    await build('COPY a /dir/a');
    await build('COPY b /dir/b');
    expect(readdirSync(join(place.directory, 'out/dir'))).toEqual(['a', 'b']);
    await build('COPY b /dir/b', 'mode=delete');
    expect(readdirSync(join(place.directory, 'out/dir'))).toEqual(['b']);
    symlinkSync('/var/tmp', join(place.directory, 'elsewhere'));
    const empty = place.context({Dockerfile: 'FROM scratch\n'});
    const wide = ['build', '-o', 'type=local,dest=elsewhere/out,mode=delete', empty];
    expect(await place.run(wide)).toMatchObject({code: 125});
    expect((await place.run(wide)).stderr).toContain('below the working directory');
    await build('COPY b /dir/b', 'platform-split=true');
    expect(
      readdirSync(join(place.directory, 'out')).some((name) => name.startsWith('linux_')),
    ).toBe(true);
  });

  test('a layout keeps the images it has, and its names move', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const build = (text: string, tag: string) =>
      place.ok([
        'build',
        '-t',
        tag,
        '-o',
        'type=oci,tar=false,dest=layout',
        place.context({Dockerfile: `FROM busybox\nLABEL a=${text}\n`}),
      ]);
    await build('1', 'one');
    await build('2', 'two');
    await build('3', 'one');
    const index = readFileSync(join(place.directory, 'layout/index.json'), 'utf8');
    const names = JSON.parse(index).manifests.map(
      (entry: {annotations: Record<string, string>}) =>
        entry.annotations['io.containerd.image.name'],
    );
    expect(names.sort()).toEqual(['docker.io/library/one:latest', 'docker.io/library/two:latest']);
  });

  test('an archive on stdout is all that stdout gets', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({Dockerfile: DOCKERFILE});
    const {stdout} = await place.ok(['build', '-t', 'made', '-o', 'type=oci', files]);
    expect(stdout).toMatch(/^oci-layout\0/);
    expect(stdout.trimEnd()).toMatch(/\0$/);
    expect((await place.run(['inspect', 'made'])).code).toBe(1);
  });

  test('a build that fails leaves no output and no id of an earlier one', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    place.write(join(place.directory, 'iid'), 'of an earlier build');
    const files = place.context({Dockerfile: 'FROM busybox\nRUN false\n'});
    const flags = ['--iidfile', 'iid', '-o', 'type=oci,dest=oci.tar'];
    expect(await place.run(['build', ...flags, files])).toMatchObject({code: 1, stdout: ''});
    expect(existsSync(join(place.directory, 'iid'))).toBe(false);
    expect(readdirSync(place.directory).filter((name) => name.startsWith('oci'))).toEqual([]);
  });
});
