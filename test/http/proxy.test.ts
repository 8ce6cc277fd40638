/** Hosts that only a proxy reaches. Nothing here resolves `registry.example`: who does not ask the proxy gets nowhere. */
import {expect, test} from 'vitest';
import {openRegistries} from '../../src/app/registry/open-registries.js';
import {readBody} from '../../src/http/body.js';
import {HttpClient} from '../../src/http/http-client.js';
import {proxiesIn} from '../../src/http/proxy.js';
import {Authority} from '../helpers/certificates.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {serve} from './http-server.js';
import {proxyServer} from './proxy-server.js';

const PROXY = 'http://proxy.example:3128';

test.each([
  {host: 'https://registry.example/', except: '', proxied: true},
  {host: 'http://registry.example/', except: 'other.example', proxied: true},
  {host: 'https://registry.example/', except: 'egistry.example', proxied: true},
  {host: 'https://registry.example/', except: 'registry.example', proxied: false},
  {host: 'https://a.registry.example/', except: ' Registry.Example ', proxied: false},
  {host: 'https://registry.example/', except: '.registry.example', proxied: true},
  {host: 'https://a.registry.example/', except: '.registry.example', proxied: false},
  {host: 'https://a.registry.example/', except: '*.registry.example', proxied: false},
  {host: 'https://registry.example/', except: 'x,registry.example:443', proxied: false},
  {host: 'https://registry.example:5000/', except: 'registry.example:443', proxied: true},
  {host: 'http://10.24.2.30:5000/', except: '10.24.0.0/16', proxied: false},
  {host: 'http://10.25.2.30:5000/', except: '10.24.0.0/16', proxied: true},
  {host: 'http://10.24.2.30:5000/', except: '10.24.2.30', proxied: false},
  {host: 'http://[fd00::1]:5000/', except: 'fd00::1', proxied: false},
  {host: 'http://[fd00::1]:5000/', except: '[fd00::1]:5001', proxied: true},
  {host: 'https://registry.example/', except: '*', proxied: false},
  {host: 'http://localhost:5000/', except: '', proxied: false},
  {host: 'http://127.8.9.10:5000/', except: '', proxied: false},
  {host: 'http://[::1]:5000/', except: '', proxied: false},
])('$host with NO_PROXY=$except: by proxy $proxied', ({host, except, proxied}) => {
  const env = {HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY: except};
  expect(proxiesIn(env)(new URL(host))?.origin).toBe(proxied ? PROXY : undefined);
});

test.each([
  {env: {}, proxy: undefined},
  {env: {HTTP_PROXY: PROXY}, proxy: undefined},
  {env: {https_proxy: PROXY}, proxy: `${PROXY}/`},
  {env: {HTTPS_PROXY: PROXY, https_proxy: 'http://other'}, proxy: `${PROXY}/`},
  {env: {HTTPS_PROXY: 'proxy.example:3128'}, proxy: `${PROXY}/`},
])('an https address with $env', ({env, proxy}) => {
  expect(proxiesIn(env)(new URL('https://registry.example/'))?.href).toBe(proxy);
});

const clientOf = (env: NodeJS.ProcessEnv, roots: readonly string[] = []): HttpClient =>
  new HttpClient({
    userAgent: 'test',
    roots: () => roots,
    proxies: proxiesIn(env),
    connectTimeout: 3000,
  });

const read = async (client: HttpClient, url: string): Promise<string> => {
  const {body, status} = await client.send({url: new URL(url)});
  return `${status} ${await readBody(body, {limit: 100, what: 'answer'})}`;
};

test.each(['http', 'https'])('through a proxy that speaks %s itself', async (scheme) => {
  await using folder = temporaryFolder();
  const authority = new Authority(folder.path);
  const tls = scheme === 'https' ? {tls: authority.sign('127.0.0.1')} : {};
  const roots = [authority.certificate.cert];
  await using plain = await serve(({url}, response) => response.end(`plain ${url}`));
  await using secret = await serve(({url}, response) => response.end(`secret ${url}`), {
    tls: authority.sign('registry.example'),
  });
  await using forward = await proxyServer({to: plain.url, ...tls});
  await using tunnel = await proxyServer({to: secret.url, ...tls});
  const as = (user: string, url: URL): string => url.href.replace('//', `//${user}@`);
  using client = clientOf(
    {HTTP_PROXY: as('ada:a%40b', forward.url), HTTPS_PROXY: as('ada:a%40b', tunnel.url)},
    roots,
  );
  for (const path of ['a', 'b?c']) {
    expect(await read(client, `http://registry.example:5000/${path}`)).toBe(`200 plain /${path}`);
    expect(await read(client, `https://registry.example/${path}`)).toBe(`200 secret /${path}`);
  }
  const who = `Basic ${Buffer.from('ada:a@b').toString('base64')}`;
  expect(forward.asked).toEqual([
    `GET http://registry.example:5000/a ${who}`,
    `GET http://registry.example:5000/b?c ${who}`,
  ]);
  // One tunnel, kept; who asks the proxy is not told to the host.
  expect(tunnel.asked).toEqual([`CONNECT registry.example:443 ${who}`]);
  const heard = [...plain.requests, ...secret.requests].map(({headers}) => headers.authorization);
  expect(heard).toEqual([undefined, undefined, undefined, undefined]);
});

test('the certificate is checked inside the tunnel', async () => {
  await using folder = temporaryFolder();
  const authority = new Authority(folder.path);
  await using other = await serve((_, response) => response.end(), {
    tls: authority.sign('other.example'),
  });
  await using proxy = await proxyServer({to: other.url});
  using client = clientOf({HTTPS_PROXY: proxy.url.href}, [authority.certificate.cert]);
  await expect(read(client, 'https://registry.example/')).rejects.toMatchObject({
    failure: 'bad certificate',
  });
});

test.each([
  {refuses: 401, failure: 'proxy', transient: false},
  {refuses: 407, failure: 'proxy', transient: false},
  {refuses: 502, failure: 'unreachable', transient: true},
])('a proxy that answers $refuses to CONNECT gives no answer of the host', async (row) => {
  const {refuses, ...error} = row;
  await using proxy = await proxyServer({to: new URL('http://127.0.0.1:1'), refuses});
  using client = clientOf({HTTPS_PROXY: proxy.url.href});
  await expect(read(client, 'https://registry.example/')).rejects.toMatchObject({
    ...error,
    code: 'E_CONNECTION',
    message: expect.stringContaining(`proxy ${proxy.url.host} answered ${refuses}`),
  });
});

test.each([
  {name: 'that is not there', proxy: 'http://127.0.0.1:1', problem: 'ECONNREFUSED'},
  {name: 'by another scheme', proxy: 'socks5://ada:secret@127.0.0.1:1', problem: 'got socks5:'},
  {name: 'that is no address', proxy: 'http://ada:secret@[', problem: 'got no address'},
])('a proxy $name is told of, its password is not', async ({proxy, problem}) => {
  using client = clientOf({HTTPS_PROXY: proxy});
  const error = await read(client, 'https://registry.example/').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({failure: 'proxy', hint: expect.stringContaining('NO_PROXY')});
  expect(String(error)).toContain(problem);
  expect(String(error)).not.toContain('secret');
});

test('registries are reached as the environment says', async () => {
  await using folder = temporaryFolder();
  await using proxy = await proxyServer({to: new URL('http://127.0.0.1:1'), refuses: 403});
  const env = {
    HTTPS_PROXY: proxy.url.href,
    XDG_CONFIG_HOME: folder.path,
    DOCKER_CONFIG: folder.path,
  };
  using registries = openRegistries({attempts: 1}, {}, env);
  const connection = await registries.registry({domain: 'registry.example'});
  const asked = connection.ask({target: '', scopes: [], what: 'ping'});
  await expect(asked).rejects.toMatchObject({failure: 'proxy'});
  expect(proxy.asked).toEqual(['CONNECT registry.example:443']);
});
