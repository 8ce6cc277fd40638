/** Files of a real server: hostile answers first, then what is asked again and what is not. */
import {createHash} from 'node:crypto';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {createServer, type RequestListener, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {HttpClient} from '../../src/http/http-client.js';
import {digestOf} from '../../src/oci/digest.js';
import {FileRecords} from '../../src/remote/http/file-records.js';
import {RemoteFiles} from '../../src/remote/http/remote-files.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {serve} from '../http/http-server.js';

async function place(
  listener: RequestListener,
  {authorization, offline = false}: {authorization?: string; offline?: boolean} = {},
) {
  const folder = temporaryFolder();
  const server = await serve(listener);
  const client = new HttpClient({userAgent: 'test', roots: () => []});
  let drafts = 0;
  const options = {
    client,
    records: new FileRecords(join(folder.path, 'records')),
    draft: () => join(folder.path, `draft${++drafts}`),
    authorization: () => authorization,
    largest: 1000,
  };
  return {
    files: new RemoteFiles({...options, offline}),
    /** With the same records. */
    offline: () => new RemoteFiles({...options, offline: true}),
    url: `${server.url}file`,
    requests: server.requests,
    drafts: () => readdirSync(folder.path).filter((name) => name.startsWith('draft')),
    async [Symbol.asyncDispose]() {
      client[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const zeros = `sha256:${'0'.repeat(64)}`;

test.each<{
  name: string;
  code: string;
  answer: (response: ServerResponse) => void;
  checksum?: string;
}>([
  {name: 'is not there', code: 'E_HTTP_STATUS', answer: (to) => to.writeHead(404).end('none')},
  {
    name: 'says unmodified though nobody asked',
    code: 'E_HTTP_STATUS',
    answer: (to) => to.writeHead(304).end(),
  },
  {
    name: 'announces more than is allowed',
    code: 'E_BODY_TOO_LARGE',
    answer: (to) => to.writeHead(200, {'content-length': '1001'}).end('x'.repeat(1001)),
  },
  {
    name: 'sends more than is allowed, unannounced',
    code: 'E_BODY_TOO_LARGE',
    answer: (to) => {
      to.write('x'.repeat(900));
      to.end('x'.repeat(101));
    },
  },
  {
    name: 'leads to a file of this machine',
    code: 'E_REDIRECT',
    answer: (to) => to.writeHead(302, {location: 'file:///etc/passwd'}).end(),
  },
  {
    name: 'is not what its sha512 promises',
    code: 'E_INTEGRITY',
    checksum: `sha512:${'0'.repeat(128)}`,
    answer: (to) => to.end('text'),
  },
])('a file that $name is refused, and nothing of it stays', async ({code, answer, checksum}) => {
  await using at = await place((_request, response) => answer(response));
  await expect(at.files.pin({url: at.url, checksum})).rejects.toMatchObject({code});
  expect(at.drafts()).toEqual([]);
});

test('a host where nobody listens is named', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  await using at = await place(() => undefined);
  const url = `http://user:secret@127.0.0.1:${port}/x`;
  await expect(at.files.pin({url})).rejects.toMatchObject({
    code: 'E_CONNECTION',
    message: expect.not.stringContaining('secret'),
  });
});

test('a promised sha256 is asked for nobody before the file is needed, and then held against it', async () => {
  await using at = await place((_request, response) => response.end('text'));
  const file = {url: at.url, checksum: zeros};
  const pinned = await at.files.pin(file);
  expect(pinned).toEqual({digest: zeros});
  expect(at.requests).toHaveLength(0);
  await expect(at.files.fetch(file, pinned)).rejects.toMatchObject({code: 'E_INTEGRITY'});
  expect(at.drafts()).toEqual([]);
  const right = {url: at.url, checksum: digestOf('text')};
  const {path} = await at.files.fetch(right, await at.files.pin(right));
  expect(readFileSync(path, 'utf8')).toBe('text');
});

test.each([
  {name: 'ETag', headers: {etag: 'W/"1"'}, asked: {'if-none-match': 'W/"1"'}},
  {
    name: 'Last-Modified',
    headers: {'last-modified': 'Tue, 05 Mar 2024 01:02:03 GMT'},
    asked: {'if-modified-since': 'Tue, 05 Mar 2024 01:02:03 GMT'},
  },
])(
  'is asked again by its $name, and comes again only when it changed',
  async ({headers, asked}) => {
    let content = 'one';
    let unchanged = true;
    await using at = await place((request, response) => {
      const known = request.headers['if-none-match'] ?? request.headers['if-modified-since'];
      if (known !== undefined && unchanged) response.writeHead(304).end();
      else response.writeHead(200, headers).end(content);
    });
    const {url} = at;
    const first = await at.files.pin({url});
    expect(first.downloaded).toMatchObject({size: 3, mtime: 'etag' in headers ? 0 : 1709600523});
    expect(await at.files.pin({url})).toEqual({digest: digestOf('one')});
    expect(at.requests.at(-1)?.headers).toMatchObject(asked);
    unchanged = false;
    content = 'two';
    const changed = await at.files.pin({url});
    expect(changed.digest).toBe(digestOf('two'));
  },
);

test('what changed between being pinned and being fetched is refused', async () => {
  let content = 'one';
  await using at = await place((request, response) => {
    if (request.headers['if-none-match'] !== undefined) response.writeHead(304).end();
    else response.writeHead(200, {etag: '"1"'}).end(content);
  });
  const file = {url: at.url};
  await at.files.pin(file);
  const pinned = await at.files.pin(file);
  content = 'two';
  await expect(at.files.fetch(file, pinned)).rejects.toMatchObject({code: 'E_REMOTE_CHANGED'});
});

test('credentials stay with the host they are for', async () => {
  await using other = await serve((_request, response) => response.end('text'));
  await using at = await place(
    (_request, response) => response.writeHead(302, {location: `${other.url}x`}).end(),
    {authorization: 'Bearer token'},
  );
  const {downloaded} = await at.files.pin({url: at.url});
  expect(existsSync(downloaded?.path ?? '')).toBe(true);
  expect(at.requests[0]?.headers.authorization).toBe('Bearer token');
  expect(other.requests[0]?.headers.authorization).toBeUndefined();
});

test('offline, a promised sha256 is taken at its word, and nothing is asked', async () => {
  await using at = await place((_, response) => response.end('text'), {offline: true});
  const {files, url} = at;
  const checksum = digestOf('text');
  const pinned = await files.pin({url, checksum});
  expect(pinned).toEqual({digest: checksum});
  for (const ask of [
    () => files.pin({url}),
    () => files.fetch({url, checksum}, pinned),
    () => files.download({url}),
  ]) {
    await expect(ask()).rejects.toMatchObject({code: 'E_OFFLINE'});
  }
  expect(at.requests).toEqual([]);
  expect(at.drafts()).toEqual([]);
});

test('a sha512 is held against the bytes once, and then says offline which file is meant', async () => {
  await using online = await place((_, response) => response.end('text'));
  const checksum = `sha512:${createHash('sha512').update('text').digest('hex')}`;
  await expect(online.files.pin({url: online.url, checksum})).resolves.toMatchObject({
    digest: digestOf('text'),
  });
  const offline = online.offline();
  await expect(offline.pin({url: online.url, checksum})).resolves.toEqual({
    digest: digestOf('text'),
  });
  const another = `sha512:${'0'.repeat(128)}`;
  await expect(offline.pin({url: online.url, checksum: another})).rejects.toMatchObject({
    code: 'E_OFFLINE',
  });
  expect(online.requests).toHaveLength(1);
});
