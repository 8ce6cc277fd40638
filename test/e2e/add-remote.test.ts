/** ADD from servers of the test: files by http, commits by git. */
import {createHash} from 'node:crypto';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {describe, expect, test} from 'vitest';
import {startGitServer} from '../helpers/git-server.js';
import {needs} from '../helpers/needs.js';
import {tarOf} from '../helpers/tar-bytes.js';
import {testUserNames} from '../helpers/users.js';
import {serve} from '../http/http-server.js';
import {type Build, openPlace} from './place.js';
import {savedLayers} from './saved-layers.js';

const sha256 = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** What became of the steps of the Dockerfile, each answer once. */
const statesOf = ({steps}: Build): string[] => [
  ...new Set(
    steps.filter(({name}) => !/^(\[internal\]|exporting)/.test(name)).map(({state}) => state),
  ),
];

/** Serves each path with a validator, and says unmodified to those who have it. */
function fileServer(files: Readonly<Record<string, string | Buffer>>) {
  return serve((request: IncomingMessage, response: ServerResponse) => {
    const content = files[(request.url ?? '/').slice(1)];
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${sha256(content.toString()).slice(-8)}"`;
    if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else
      response
        .writeHead(200, {etag, 'last-modified': 'Tue, 05 Mar 2024 01:02:03 GMT'})
        .end(content);
  });
}

describe.each(testUserNames)('ADD from the network, as %s', (user) => {
  test('what cannot be had names the line, the address and the reason', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using server = await fileServer({a: 'text'});
    for (const {line, says} of [
      {line: `ADD ${server.url}none /`, says: 'unexpected status 404'},
      {
        line: `ADD --checksum=${sha256('other')} ${server.url}a /`,

        says: `got ${sha256('text')}`,
      },
      {line: 'ADD http://127.0.0.1:1/a /', says: 'refused'},
      {line: 'ADD git://127.0.0.1:1/a /', says: 'unable to connect'},
    ]) {
      const files = place.context({Dockerfile: `FROM scratch\n${line}\n`});
      const result = await place.run(['build', files]);
      expect(result).toMatchObject({code: 1, stdout: ''});
      expect(result.stderr).toContain(says);
      expect(result.stderr).toContain(`2 | >>> ${line}`);
    }
  });

  test('files come with docker’s mode, time and name; an archive is unpacked on demand alone', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    const archive = tarOf({name: 'inside', content: 'tar', uid: 0, gid: 0});
    await using server = await fileServer({a: 'text', 'd/x.tar': archive, tool: '#!'});
    const files = place.context({
      local: 'local',
      Dockerfile: [
        'FROM scratch',
        `ADD ${server.url}a ${server.url}d/x.tar local /all/`,
        `ADD --chmod=0755 --chown=7:8 --checksum=${sha256('#!')} ${server.url}tool /bin/t`,
        `ADD --unpack=true ${server.url}d/x.tar /unpacked/`,
      ].join('\n'),
    });
    const {imageID} = await place.build(files, 'out');
    expect(await savedLayers(place, 'out')).toEqual([
      [
        'drwxr-xr-x 0/0 0 all/',
        '-rw------- 0/0 4 all/a',
        '-rw-r--r-- 0/0 5 all/local',
        `-rw------- 0/0 ${archive.length} all/x.tar`,
      ],
      ['drwxr-xr-x 7/8 0 bin/', '-rwxr-xr-x 7/8 2 bin/t'],
      ['drwxr-xr-x 0/0 0 unpacked/', '-rw-r--r-- 0/0 3 unpacked/inside'],
    ]);
    const asked = server.requests.length;
    const again = await place.build(files, 'out');
    expect(again.imageID).toBe(imageID);
    expect(statesOf(again)).toEqual(['cached']);
    const later = server.requests.slice(asked);
    expect(later.map(({url}) => url).sort()).toEqual(
      ['/a', '/d/x.tar', '/d/x.tar'].slice(0, later.length),
    );
    expect(later.every(({headers}) => headers['if-none-match'] !== undefined)).toBe(true);
  });

  test('the content counts, and not its address; a file that changed runs its step', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    const served = {'one/a': 'text', 'two/a': 'text'};
    await using server = await fileServer(served);
    const build = (path: string) =>
      place.build(
        place.context({Dockerfile: `FROM scratch\nADD ${server.url}${path} /a\n`}),
        'out',
      );
    await build('one/a');
    const moved = await build('two/a');
    expect(statesOf(moved)).toEqual(['cached']);
    served['two/a'] = 'other';
    const changed = await build('two/a');
    expect(statesOf(changed)).toEqual(['done']);
  });

  test('a secret opens a host, and appears nowhere', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using server = await serve((request, response) => {
      const known = request.headers.authorization === 'Bearer opensesame';
      response.writeHead(known ? 200 : 401).end('text');
    });
    const files = place.context({Dockerfile: `FROM scratch\nADD ${server.url}a /a\n`});
    expect((await place.run(['build', files])).stderr).toContain('unexpected status 401');
    const secret = `id=HTTP_AUTH_TOKEN_${server.url.host},env=TOKEN`;
    const args = ['build', '--progress', 'plain', '-t', 'out', '--secret', secret, files];
    const {stderr} = await place.ok(args, {env: {TOKEN: 'opensesame'}});
    expect(stderr).not.toContain('opensesame');
  });

  test('offline, what names its digest comes from earlier builds; the rest names the line and what to do', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using server = await fileServer({a: 'text'});
    await using repositories = await startGitServer();
    const commit = await repositories.commit('x', {f: ''});
    const dockerfile = (...lines: string[]) =>
      place.context({Dockerfile: ['FROM scratch', ...lines, ''].join('\n')});
    const pinned = dockerfile(
      `ADD --checksum=${sha256('text')} ${server.url}a /`,
      `ADD ${repositories.url}/x.git#${commit} /src`,
      `ADD --checksum=${commit} ${repositories.url}/x.git#main /main`,
    );
    const {imageID} = await place.build(pinned, 'out');
    const asked = server.requests.length;
    const again = await place.build(pinned, 'out', '--offline');
    expect(again.imageID).toBe(imageID);
    for (const line of [
      `ADD ${server.url}a /`,
      `ADD --checksum=${sha256('other')} ${server.url}a /`,
      `ADD ${repositories.url}/x.git#main /src`,
    ]) {
      const result = await place.run(['build', '--offline', dockerfile(line)]);
      expect(result).toMatchObject({code: 1, stdout: ''});
      expect(result.stderr).toContain(`2 | >>> ${line}`);
      expect(result.stderr).toContain('E_OFFLINE');
      expect(result.stderr).toContain('Build without --offline once');
    }
    expect(server.requests.length).toBe(asked);
  });

  test('a commit comes as files, keyed by what it is; a moved branch runs the step', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startGitServer();
    await server.commit('x', {a: 'one', 'd/run': {mode: 0o755, content: '#!'}}, {tag: 'v1'});
    const text = (ref: string) =>
      `FROM scratch\nADD ${server.url}/x.git#${ref} /src\nADD ${server.url}/x.git#${ref}:d /d/\n`;
    const build = (ref: string) => place.build(place.context({Dockerfile: text(ref)}), 'out');
    await build('main');
    expect(await savedLayers(place, 'out')).toEqual([
      [
        'drwxr-xr-x 0/0 0 src/',
        '-rw-r--r-- 0/0 3 src/a',
        'drwxr-xr-x 0/0 0 src/d/',
        '-rwxr-xr-x 0/0 2 src/d/run',
      ],
      ['drwxr-xr-x 0/0 0 d/', '-rwxr-xr-x 0/0 2 d/run'],
    ]);
    const tagged = await build('v1');
    expect(statesOf(tagged)).toEqual(['cached']);
    await server.commit('x', {a: 'two'});
    const moved = await build('main');
    expect(moved.steps.find(({name}) => name.endsWith('/src'))?.state).toBe('done');
  });
});
