/** What a registry, its token server or a web server in its place may answer: each is an error that says so, never a bug, never asked for again. */
import type {RequestListener, ServerResponse} from 'node:http';
import {expect, test} from 'vitest';
import {parseReference} from '../../../src/oci/reference.js';
import {tagsOf} from '../../../src/registry/client/pages.js';
import {memoryImage} from '../../helpers/memory-image.js';
import {auth, type Registries, registriesOf} from '../../helpers/registries.js';
import {type HttpServer, serve} from '../../http/http-server.js';
import {pull, push} from './moved.js';

const image = memoryImage();

/** What `act` throws of a registry that answers so, asked as ada. */
async function failureAt(
  server: HttpServer,
  act: (machine: Registries, host: string) => Promise<unknown>,
): Promise<unknown> {
  const {host} = server.url;
  await using machine = registriesOf({config: {auths: {[host]: auth('ada', 'hidden-word')}}});
  const failure = await act(machine, host).catch((error: unknown) => error);
  expect(machine.notices).toEqual([]);
  expect(JSON.stringify([String(failure), machine.exchanges])).not.toContain('hidden-word');
  return failure;
}

const pulled = ({client}: Registries, host: string) => pull(client, `${host}/app:v1`);

const asked = (challenge: string) => (response: ServerResponse) =>
  response.writeHead(401, {'www-authenticate': challenge}).end();

test.each([
  {name: 'without a realm', challenge: 'Bearer', problem: 'want an address'},
  {
    name: 'with a user in its realm that cannot be decoded',
    challenge: 'Bearer realm="http://a%zz:b@127.0.0.1:1/"',
    problem: 'refused',
  },
])('a challenge $name', async ({challenge, problem}) => {
  await using server = await serve((_, response) => asked(challenge)(response));
  expect(await failureAt(server, pulled)).toMatchObject({
    code: expect.stringMatching(/^E_(TOKEN_SERVER|CONNECTION)$/),
    message: expect.stringContaining(problem),
  });
});

test.each([
  {answer: 'null'},
  {answer: '"token"'},
  {answer: '<html></html>'},
  {answer: '{"token": 7}'},
  {answer: '{"token": "a\\r\\nHost: evil"}'},
])('a token server that answers $answer', async ({answer}) => {
  await using tokens = await serve((_, response) => response.end(answer));
  await using server = await serve((_, response) =>
    asked(`Bearer realm="${tokens.url}token",service="s"`)(response),
  );
  expect(await failureAt(server, pulled)).toMatchObject({
    code: 'E_TOKEN_SERVER',
    message: expect.stringContaining(`${tokens.url}token: want`),
  });
});

test('who asks is told to no host that a registry only sends us on to', async () => {
  await using tokens = await serve((_, response) => response.end('{"token": "t"}'));
  await using storage = await serve((_, response) =>
    asked(`Bearer realm="${tokens.url}token",service="s"`)(response),
  );
  await using server = await serve((_, response) =>
    response.writeHead(307, {location: storage.url.href}).end(),
  );
  expect(await failureAt(server, pulled)).toMatchObject({
    code: 'E_REGISTRY_STATUS',
    message: expect.stringContaining(storage.url.origin),
  });
  expect(tokens.requests).toEqual([]);
});

test.each(['ftp://127.0.0.1/upload', 'http://[bad', 'javascript:0'])(
  'an upload that is to go on at %s',
  async (location) => {
    const listener: RequestListener = (request, response) =>
      response.writeHead(request.method === 'POST' ? 202 : 404, {location}).end();
    await using server = await serve(listener);
    const failure = await failureAt(server, ({client}, host) =>
      push(client, `${host}/app:v1`, image),
    );
    expect(failure).toMatchObject({
      code: 'E_BAD_ANSWER',
      message: expect.stringContaining('want a Location'),
    });
  },
);

test.each(['<http://[bad>; rel="next"', '<ftp://127.0.0.1/>; rel=next'])(
  'a list that goes on at %s',
  async (link) => {
    await using server = await serve((_, response) =>
      response.writeHead(200, {link}).end('{"tags": ["a"]}'),
    );
    const failure = await failureAt(server, async ({client}, host) => {
      const connection = await client.registry(parseReference(`${host}/app`));
      for await (const _ of tagsOf(connection, {path: 'app', what: 'tags'}));
    });
    expect(failure).toMatchObject({
      code: 'E_BAD_ANSWER',
      message: expect.stringContaining('want the next page here'),
    });
  },
);

test('a list without end is given up', async () => {
  let page = 0;
  await using server = await serve((_, response) => {
    const link = `</v2/app/tags/list?last=${page++}>; rel="next"`;
    response.writeHead(200, {link}).end('{"tags": []}');
  });
  const failure = await failureAt(server, async ({client}, host) => {
    const connection = await client.registry(parseReference(`${host}/app`));
    for await (const _ of tagsOf(connection, {path: 'app', what: 'tags', most: 20}));
  });
  expect(failure).toMatchObject({code: 'E_BAD_ANSWER'});
});

/** As a hotel's, or a site whose every address is its start page. */
const webSite: RequestListener = (request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, {'content-type': 'text/html'}).end('<html></html>');
  });
};

test.each([
  {what: 'a pull', act: pulled, problem: 'got text/html'},
  {
    what: 'a push',
    act: ({client}: Registries, host: string) => push(client, `${host}/app:v1`, image),
    problem: 'answered 200',
  },
  {
    what: 'a login',
    act: async ({client}: Registries, host: string) => {
      const [endpoint] = (await client.route(host, 'push')).endpoints;
      await client.connect(endpoint!).login();
    },
    problem: 'got text/html',
  },
])('a web site that answers everything with a page: $what', async ({act, problem}) => {
  await using server = await serve(webSite);
  expect(await failureAt(server, act)).toMatchObject({
    code: expect.stringMatching(/^E_(BAD_ANSWER|REGISTRY_STATUS)$/),
    message: expect.stringContaining(problem),
  });
});

test('a manifest longer than any may be', async () => {
  await using server = await serve((_, response) => {
    response.writeHead(200, {'content-type': 'application/vnd.oci.image.manifest.v1+json'});
    response.end(Buffer.alloc(9 * 1024 * 1024, ' '));
  });
  expect(await failureAt(server, pulled)).toMatchObject({code: 'E_BODY_TOO_LARGE'});
});

test('a registry that asks for a day of patience gets none', async () => {
  await using server = await serve((_, response) =>
    response.writeHead(429, {'retry-after': '86400'}).end(),
  );
  expect(await failureAt(server, pulled)).toMatchObject({
    code: 'E_RATE_LIMITED',
    message: expect.stringContaining('again in 24 hours'),
  });
});
