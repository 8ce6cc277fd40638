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

  test('files tell what came out, and annotations are where they were put', async () => {
    await using place = await openPlace(user);
    const told = (name: string) => readFileSync(join(place.directory, name), 'utf8');
    const flags = [
      '-t',
      'made:1',
      '-t',
      'made',
      '--load',
      '--iidfile',
      'iid',
      '--metadata-file',
      'm.json',
    ];
    const where = ['a=1', 'manifest,manifest-descriptor:b=2', 'manifest[plan9/mips]:c=3'];
    const annotations = where.flatMap((text) => ['--annotation', text]);
    const output = [
      '-o',
      'type=oci,tar=false,dest=layout,annotation.d=4,annotation-manifest-descriptor.e=5',
    ];
    const files = place.context({Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'a'});
    const {stdout} = await place.ok(['build', ...flags, ...annotations, ...output, files]);
    const metadata = JSON.parse(told('m.json'));
    const [entry] = JSON.parse(told('layout/index.json')).manifests;
    const {digest} = entry;
    const manifest = JSON.parse(told(`layout/blobs/${digest.replace(':', '/')}`));
    const [image] = JSON.parse((await place.ok(['inspect', 'made'])).stdout);

    expect(told('iid')).toBe(stdout.trim());
    expect(manifest.annotations).toEqual({a: '1', b: '2', d: '4'});
    const said = {b: '2', e: '5', 'org.opencontainers.image.created': image.Created};
    expect(entry.annotations).toMatchObject(said);
    expect(metadata).toEqual({
      'buildx.build.ref': expect.stringMatching(/^[0-9a-z]+$/),
      'containerimage.config.digest': stdout.trim(),
      'containerimage.descriptor': {
        mediaType: manifest.mediaType,
        digest,
        size: entry.size,
        annotations: said,
        platform: {architecture: image.Architecture, os: 'linux'},
      },
      'containerimage.digest': digest,
      'image.name': 'docker.io/library/made:1,docker.io/library/made:latest',
    });
    expect((await place.ok(['builds', 'inspect', metadata['buildx.build.ref']])).code).toBe(0);

    const plain = ['build', '-o', 'out', '--metadata-file', 'm.json', files];
    await place.ok(plain);
    expect(Object.keys(JSON.parse(told('m.json')))).toEqual(['buildx.build.ref']);
    for (const flag of [
      ['--iidfile', 'iid'],
      ['--annotation', 'a=b'],
    ]) {
      const refused = await place.run([...plain, ...flag]);
      expect(refused.code).toBe(125);
      expect(refused.stderr).toContain('no output is an image');
    }
  });

  test('layers are packed as an output wants them, those of a base only by force', async (context) => {
    needs(context, 'user namespaces', 'skopeo', 'zstd');
    await using place = await openPlace(user);
    const based = place.context({Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'a'.repeat(5000)});
    await place.ok(['build', '-t', 'base', '-o', 'type=image,compression=gzip', based]);
    await place.verify('base');
    const files = place.context({Dockerfile: 'FROM base\nCOPY b /\n', b: 'b'.repeat(5000)});
    const kinds = {
      plain: {attributes: '', layers: ['+gzip', '']},
      level: {attributes: ',compression-level=9', layers: ['+gzip', '+gzip']},
      zstd: {attributes: ',compression=zstd,compression-level=19', layers: ['+gzip', '+zstd']},
      all: {attributes: ',compression=zstd,force-compression=true', layers: ['+zstd', '+zstd']},
      none: {attributes: ',compression=uncompressed,force-compression=true', layers: ['', '']},
    };
    const outputs = Object.entries(kinds).flatMap(([name, {attributes}]) => [
      '-o',
      `type=oci,tar=false,dest=${name}${attributes}`,
    ]);
    const stored = 'type=image,compression=zstd,force-compression=true,name=stored';
    const {stdout} = await place.ok(['build', ...outputs, '-o', stored, files]);
    await place.verify('stored');
    for (const [name, {layers}] of Object.entries(kinds)) {
      const layout = join(place.directory, name);
      const raw = JSON.parse(host('skopeo', 'inspect', '--raw', `oci:${layout}`));
      const want = layers.map((suffix) => `application/vnd.oci.image.layer.v1.tar${suffix}`);
      expect(
        raw.layers.map((layer: {mediaType: string}) => layer.mediaType),
        name,
      ).toEqual(want);
      expect(raw.config.digest, name).toBe(stdout.trim());
      host('skopeo', 'copy', '-q', `oci:${layout}`, `dir:${layout}.dir`);
    }
  });

  test('a build that fails leaves no output and no id of an earlier one', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    for (const name of ['iid', 'm.json']) place.write(join(place.directory, name), 'of another');
    const files = place.context({Dockerfile: 'FROM busybox\nRUN false\n'});
    const flags = ['--iidfile', 'iid', '--metadata-file', 'm.json', '-o', 'type=oci,dest=oci.tar'];
    expect(await place.run(['build', ...flags, files])).toMatchObject({code: 1, stdout: ''});
    expect(existsSync(join(place.directory, 'iid'))).toBe(false);
    expect(existsSync(join(place.directory, 'm.json'))).toBe(false);
    expect(readdirSync(place.directory).filter((name) => name.startsWith('oci'))).toEqual([]);
  });
});
