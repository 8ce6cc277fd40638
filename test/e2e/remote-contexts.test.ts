/** Contexts and Dockerfiles that are fetched from servers of the test. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {startGitServer} from '../helpers/git-server.js';
import {needs} from '../helpers/needs.js';
import {tarOf} from '../helpers/tar-bytes.js';
import {testUserNames} from '../helpers/users.js';
import {serve} from '../http/http-server.js';
import {openPlace} from './place.js';
import {savedLayers} from './saved-layers.js';

const fileServer = (files: Readonly<Record<string, string | Buffer>>) =>
  serve((request, response) => {
    const content = files[(request.url ?? '/').slice(1)];
    response.writeHead(content === undefined ? 404 : 200).end(content);
  });

const names = (layers: readonly (readonly string[])[]): string[] =>
  layers.flat().map((line) => line.split(' ').at(-1) as string);

describe.each(testUserNames)('contexts from the network, as %s', (user) => {
  test.each([
    {address: 'none.tar', code: 'E_HTTP_STATUS'},
    {address: 'escape.tar', code: 'E_UNSAFE_ENTRY'},
    {address: 'cut.tar.gz', code: 'E_'},
    {address: 'text.html', code: 'E_UNKNOWN_INSTRUCTION'},
    {address: 'x.git#--upload-pack=id', code: 'E_GIT_SOURCE'},
    {address: 'x.git#:../..', code: 'E_GIT_SOURCE'},
  ])('$address is refused with $code', async ({address, code}) => {
    await using place = await openPlace(user);
    const archive = tarOf({name: 'Dockerfile', content: 'FROM scratch\n'});
    await using server = await fileServer({
      'escape.tar': tarOf({name: '../../escaped', content: ''}),
      'cut.tar.gz': gzipSync(archive).subarray(0, 40),
      'text.html': '<html>',
    });
    const result = await place.run(['build', `${server.url}${address}`]);
    expect(result).toMatchObject({code: 1, stdout: ''});
    expect(result.stderr).toContain(code);
  });

  test.each([
    {where: 'the context', args: (url: string) => [url]},
    {where: 'the Dockerfile', args: (url: string, files: string) => ['-f', url, files]},
    {where: 'a repository', args: (url: string) => [`${url}.git`]},
    {
      where: 'a named context',
      args: (url: string, files: string) => ['--build-context', `base=${url}`, files],
    },
  ])('offline, $where is not asked for', async ({args}) => {
    await using place = await openPlace(user);
    await using server = await fileServer({x: 'FROM scratch\n'});
    const files = place.context({Dockerfile: 'FROM scratch\nCOPY --from=base context /\n'});
    const env = {TSBUILD_OFFLINE: '1'};
    const result = await place.run(['build', ...args(`${server.url}x`, files)], {env});
    expect(result).toMatchObject({code: 1, stdout: ''});
    expect(result.stderr).toContain('E_OFFLINE');
    expect(server.requests).toEqual([]);
  });

  test('an archive is taken whole; a Dockerfile stands alone, or beside other files', async () => {
    await using place = await openPlace(user);
    await using server = await fileServer({
      'x.tar.gz': gzipSync(
        tarOf(
          {name: 'sub/Dockerfile', content: 'FROM scratch\nCOPY . /\n'},
          {name: '.dockerignore', content: '*\n'},
          {name: 'a', content: 'text'},
        ),
      ),
      Dockerfile: 'FROM scratch\nLABEL a=b\n',
      copying: 'FROM scratch\nCOPY a /\n',
    });
    await place.build(`${server.url}x.tar.gz`, 'archive', '-f', 'sub/Dockerfile');
    expect(names(await savedLayers(place, 'archive'))).toEqual([
      '.dockerignore',
      'a',
      'sub/',
      'sub/Dockerfile',
    ]);
    await place.build(`${server.url}Dockerfile`, 'alone');
    await place.build(place.context({a: ''}), 'beside', '-f', `${server.url}copying`);
    expect(names(await savedLayers(place, 'beside'))).toEqual(['a']);
    const stdin = join(place.directory, 'archive');
    writeFileSync(stdin, tarOf({name: 'a', content: 'text'}));
    await place.ok(['build', '-t', 'sent', '-f', `${server.url}copying`, '-'], {stdin});
    expect(names(await savedLayers(place, 'sent'))).toEqual(['a']);
  });

  test('a repository is built from, at a ref and in a directory, with the Dockerfile there or from stdin', async () => {
    await using place = await openPlace(user);
    await using server = await startGitServer();
    const Dockerfile = 'FROM scratch\nCOPY . /\n';
    await server.commit('x', {'d/Dockerfile': Dockerfile, 'd/old': '', top: ''}, {tag: 'v1'});
    await server.commit('x', {'d/new': ''});
    await place.build(`${server.url}/x.git#v1:d`, 'tagged');
    expect(names(await savedLayers(place, 'tagged'))).toEqual(['Dockerfile', 'old']);
    await place.build(`${server.url}/x.git?branch=main&subdir=d`, 'latest');
    expect(names(await savedLayers(place, 'latest'))).toEqual(['Dockerfile', 'new', 'old']);
    const stdin = join(place.directory, 'stdin');
    writeFileSync(stdin, 'FROM scratch\nCOPY top /\n');
    await place.ok(['build', '-t', 'given', '-f', '-', `${server.url}/x.git`], {stdin});
    expect(names(await savedLayers(place, 'given'))).toEqual(['top']);
  });

  test('SOURCE_DATE_EPOCH=context is the time of the commit, of the file on its server, or of the newest in the archive', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using repositories = await startGitServer();
    const Dockerfile =
      'ARG SOURCE_DATE_EPOCH=context\nFROM scratch\nARG SOURCE_DATE_EPOCH\nLABEL at=$SOURCE_DATE_EPOCH\n';
    await repositories.commit('x', {Dockerfile});
    const archive = tarOf(
      {name: 'deep/er/old', content: '', mtime: 1_500_000_000},
      {name: 'Dockerfile', content: Dockerfile, mtime: 1_600_000_000},
    );
    await using server = await serve((request, response) => {
      const dated = {'last-modified': 'Tue, 05 Mar 2024 01:02:03 GMT'};
      response.writeHead(200, request.url === '/dated' ? dated : {}).end(archive);
    });
    for (const {address, at} of [
      {address: `${repositories.url}/x.git`, at: '2024-05-06T07:08:09'},
      {address: `${server.url}dated`, at: '2024-03-05T01:02:03'},
      {address: `${server.url}undated`, at: '2020-09-13T12:26:40'},
    ]) {
      await place.build(address, 'out');
      const format = '{{.Created}} {{.Config.Labels.at}}';
      const {stdout} = await place.ok(['inspect', '--format', format, 'out']);
      expect(stdout.trim(), address).toBe(`${at}.000Z ${Date.parse(`${at}Z`) / 1000}`);
    }
    const files = place.context({Dockerfile});
    await place.build(files, 'out');
    const {stdout: without} = await place.ok([
      'inspect',
      '--format',
      '{{.Config.Labels.at}}',
      'out',
    ]);
    expect(without.trim()).toBe('');
  });

  test('named contexts are fetched when a stage needs them, and cached by what they are', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startGitServer();
    await using files = await fileServer({a: 'text'});
    await server.commit('x', {'d/f': 'one'});
    const build = () =>
      place.build(
        place.context({
          Dockerfile:
            'FROM src AS base\nFROM scratch\nCOPY --from=base f /\nCOPY --from=file context /\n',
        }),
        'out',
        ...[
          `src=${server.url}/x.git#main:d`,
          `file=${files.url}a`,
          'unused=http://127.0.0.1:1/x',
        ].flatMap((each) => ['--build-context', each]),
      );
    await build();
    expect(await savedLayers(place, 'out')).toEqual([
      ['-rw-r--r-- 0/0 3 f'],
      ['-rw------- 0/0 4 context'],
    ]);
    const again = await build();
    const fetched = again.steps.filter(({name}) => !/^(\[internal\]|exporting)/.test(name));
    expect(new Set(fetched.map(({state}) => state))).toEqual(new Set(['cached']));
    expect(server.fetches()).toBe(1);
  });

  test('a token opens a repository, for a context and for ADD, and is told to nobody', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startGitServer({authorization: basic('x-access-token:opensesame')});
    await server.commit('x', {
      Dockerfile: `FROM scratch\nADD ${server.url}/x.git#main /src\n`,
    });
    const refused = await place.run(['build', `${server.url}/x.git`]);
    expect(refused.stderr).toContain('E_GIT');
    expect(refused.stderr).toContain('GIT_AUTH_TOKEN');
    const args = ['build', '--secret', 'id=GIT_AUTH_TOKEN', '-t', 'out', `${server.url}/x.git`];
    const {stderr} = await place.ok(args, {env: {GIT_AUTH_TOKEN: 'opensesame'}});
    expect(stderr).not.toContain('opensesame');
  });
});

const basic = (text: string): string => `basic ${Buffer.from(text).toString('base64')}`;
