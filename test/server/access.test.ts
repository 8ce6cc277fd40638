/** Who may do what: passwords, tokens, certificates, anonymous reading. */
import {execFileSync} from 'node:child_process';
import {generateKeyPairSync, type KeyObject, sign, X509Certificate} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {get} from 'node:https';
import {join} from 'node:path';
import type {TLSSocket} from 'node:tls';
import {getRounds, hashSync} from 'bcryptjs';
import {expect, test} from 'vitest';
import type {RegistryRequest} from '../../src/app/registry/serve-registry.js';
import {hashOfNobody} from '../../src/server/auth/htpasswd.js';
import {Authority, type Certificate} from '../helpers/certificates.js';
import {type RawRegistry, rawRegistry} from '../helpers/raw-registry.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const bearer = (token: string) => ({Authorization: `Bearer ${token}`});
const push = '/app/blobs/uploads/';
const pull = '/app/tags/list';

/** Users ada, with `:` in her password, and bob. */
async function guarded(more: RegistryRequest = {}): Promise<RawRegistry & {readonly file: string}> {
  const folder = temporaryFolder();
  const file = join(folder.path, 'htpasswd');
  writeFileSync(file, `# users\nada:${hashSync('se:cret', 4)}\n\nbob:${hashSync('b', 4)}\n`);
  const at = await rawRegistry({htpasswd: file, ...more});
  return {
    ...at,
    file,
    async [Symbol.asyncDispose]() {
      await at[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test.each([
  {name: 'no credentials', headers: {}},
  {name: 'a wrong password', headers: basic('ada', 'guess')},
  {name: "another's password", headers: basic('bob', 'se:cret')},
  {name: 'a user who is none', headers: basic('eve', 'se:cret')},
  {name: 'an empty password', headers: basic('ada', '')},
  {name: 'the hash for a password', headers: basic('ada', '$2b$04$')},
  {name: 'no user', headers: basic('', 'se:cret')},
  {name: 'nothing', headers: basic('', '')},
  {name: 'what is no base64', headers: {Authorization: 'Basic %%%'}},
  {name: 'a token where there are none', headers: bearer('a.b.c')},
  {name: 'another scheme', headers: {Authorization: 'Digest x'}},
])('$name: 401 with a challenge, for everything', async ({headers}) => {
  await using at = await guarded();
  const requests = [
    ['GET', '/'],
    ['GET', '/_catalog'],
    ['GET', pull],
    ['POST', push],
  ] as const;
  for (const [method, path] of requests) {
    const answer = await at.request(method, path, {headers});
    expect(answer).toMatchObject({status: 401, codes: ['UNAUTHORIZED']});
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    expect(answer.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
  }
});

test('a user may do everything', async () => {
  await using at = await guarded();
  const headers = basic('ada', 'se:cret');
  expect((await at.request('GET', '/', {headers})).status).toBe(200);
  expect((await at.request('POST', push, {headers})).status).toBe(202);
  expect((await at.request('GET', '/_catalog', {headers})).status).toBe(200);
});

test('with anonymous reading nobody needs a name to pull, and everybody one to push', async () => {
  await using at = await guarded({anonymousRead: true});
  expect((await at.request('GET', pull)).status).toBe(404);
  expect((await at.request('GET', '/_catalog')).status).toBe(200);
  for (const path of [push, '/']) {
    const answer = await at.request(path === '/' ? 'GET' : 'POST', path);
    expect(answer.status).toBe(401);
    const realm = `Bearer realm="${at.registry.url}/token",service="tsbuild registry"`;
    expect(answer.headers.get('www-authenticate')).toContain(realm);
  }
  expect((await at.request('POST', push, {headers: basic('ada', 'se:cret')})).status).toBe(202);
});

test.each([
  {name: 'nobody', headers: {}, reads: 404, writes: 401},
  {name: 'nobody, said with empty credentials', headers: basic('', ''), reads: 404, writes: 401},
  {name: 'a user', headers: basic('bob', 'b'), reads: 404, writes: 202},
])('the token of $name is good for what its bearer may', async ({headers, reads, writes}) => {
  await using at = await guarded({anonymousRead: true});
  const scope = 'scope=repository:app:pull,push&scope=repository:other:pull';
  const answer = await fetch(`${at.registry.url}/token?service=x&${scope}`, {headers});
  const {token, access_token, expires_in} = (await answer.json()) as Record<string, string>;
  expect(access_token).toBe(token);
  expect(expires_in).toBeGreaterThanOrEqual(60);
  const by = {headers: bearer(token ?? '')};
  expect((await at.request('GET', '/', by)).status).toBe(200);
  expect((await at.request('GET', pull, by)).status).toBe(reads);
  expect((await at.request('GET', '/other/tags/list', by)).status).toBe(404);
  const pushed = await at.request('POST', push, by);
  expect(pushed.status).toBe(writes);
  const outside = await at.request('GET', '/third/tags/list', by);
  expect(outside.status).toBe(401);
  expect(outside.headers.get('www-authenticate')).toMatch(
    /scope="repository:third:pull",error="insufficient_scope"/,
  );
});

test('no token is given for a wrong password', async () => {
  await using at = await guarded({anonymousRead: true});
  const headers = basic('ada', 'guess');
  expect((await fetch(`${at.registry.url}/token`, {headers})).status).toBe(401);
});

test.each([
  {name: 'an MD5 hash', text: 'ada:$apr1$x$y\n'},
  {name: 'a password as it is', text: 'ada:secret\n'},
  {name: 'no user', text: `:${hashSync('a', 4)}\n`},
])('a file with $name is refused, with its line', async ({text}) => {
  await using folder = temporaryFolder();
  const htpasswd = join(folder.path, 'users');
  writeFileSync(htpasswd, `# first\n${text}`);
  const error = {code: 'E_HTPASSWD', message: expect.stringContaining(`${htpasswd}:2`)};
  await expect(rawRegistry({htpasswd})).rejects.toMatchObject(error);
});

test.each([
  {hashes: [], cost: 5},
  {hashes: [hashSync('a', 6), hashSync('b', 8), hashSync('c', 7)], cost: 8},
])('whoever is no user waits as long as the slowest of $hashes.length', ({hashes, cost}) => {
  expect(getRounds(hashOfNobody(hashes))).toBe(cost);
});

test('users are read again: whoever was taken out is out, though known a moment ago', async () => {
  await using at = await guarded();
  const ada = {headers: basic('ada', 'se:cret')};
  expect((await at.request('GET', '/', ada)).status).toBe(200);
  const before = readFileSync(at.file);
  writeFileSync(at.file, 'broken');
  expect(() => at.registry.reload()).toThrow(expect.objectContaining({code: 'E_HTPASSWD'}));
  expect((await at.request('GET', '/', ada)).status).toBe(200);
  writeFileSync(at.file, before.toString().replace(/^ada.*/m, ''));
  at.registry.reload();
  expect((await at.request('GET', '/', ada)).status).toBe(401);
  expect((await at.request('GET', '/', {headers: basic('bob', 'b')})).status).toBe(200);
});

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface TokenChanges {
  readonly head?: object;
  readonly claims?: object;
  readonly key?: KeyObject;
}

const ours = generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
const theirs = generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
const soon = Math.floor(Date.now() / 1000) + 600;

function tokenWith({head = {}, claims = {}, key = ours.privateKey}: TokenChanges = {}): string {
  const access = [{type: 'repository', name: 'app', actions: ['pull']}];
  const body = {iss: 'issuer', aud: 'service', exp: soon, access, ...claims};
  const text = `${part({alg: 'ES256', typ: 'JWT', kid: 'one', ...head})}.${part(body)}`;
  const signature = sign('sha256', Buffer.from(text), {key, dsaEncoding: 'ieee-p1363'});
  return `${text}.${signature.toString('base64url')}`;
}

function tokenServer(folder: string): RegistryRequest {
  const keys = join(folder, 'keys.json');
  const jwk = {...ours.publicKey.export({format: 'jwk'}), kid: 'one', alg: 'ES256', use: 'sig'};
  writeFileSync(keys, JSON.stringify({keys: [jwk]}));
  return {token: {realm: 'https://auth.test/token', service: 'service', issuer: 'issuer', keys}};
}

const unsigned = () =>
  `${tokenWith({head: {alg: 'none'}})
    .split('.')
    .slice(0, 2)
    .join('.')}.`;

test.each([
  {name: 'unsigned', token: unsigned},
  {name: 'signed by somebody else', token: () => tokenWith({key: theirs.privateKey})},
  {name: 'of another key id', token: () => tokenWith({head: {kid: 'two'}})},
  {name: 'of another algorithm', token: () => tokenWith({head: {alg: 'HS256'}})},
  {name: 'expired', token: () => tokenWith({claims: {exp: soon - 3600}})},
  {name: 'without an end', token: () => tokenWith({claims: {exp: undefined}})},
  {name: 'not yet good', token: () => tokenWith({claims: {nbf: soon}})},
  {name: 'of another issuer', token: () => tokenWith({claims: {iss: 'other'}})},
  {name: 'for another service', token: () => tokenWith({claims: {aud: ['other']}})},
  {name: 'no token', token: () => 'a.b.c'},
  {name: 'endless', token: () => `${'a'.repeat(12_000)}`},
])('a token that is $name: 401 invalid_token', async ({token}) => {
  await using folder = temporaryFolder();
  await using at = await rawRegistry(tokenServer(folder.path));
  const answer = await at.request('GET', pull, {headers: bearer(token())});
  expect(answer).toMatchObject({status: 401, codes: ['UNAUTHORIZED']});
  expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
});

test('a token is good for what it says; without one the challenge says where to get it', async () => {
  await using folder = temporaryFolder();
  await using at = await rawRegistry(tokenServer(folder.path));
  const none = await at.request('POST', push);
  expect(none.headers.get('www-authenticate')).toBe(
    'Bearer realm="https://auth.test/token",service="service",scope="repository:app:pull,push"',
  );
  for (const claims of [{}, {aud: ['other', 'service']}, {nbf: soon - 900}]) {
    const headers = bearer(tokenWith({claims}));
    expect((await at.request('GET', pull, {headers})).status).toBe(404);
    expect((await at.request('GET', '/', {headers})).status).toBe(200);
    expect((await at.request('POST', push, {headers})).status).toBe(401);
  }
});

test.each([
  {name: 'RS256', pair: () => generateKeyPairSync('rsa', {modulusLength: 2048}), options: {}},
  {name: 'EdDSA', pair: () => generateKeyPairSync('ed25519'), options: {}},
] as const)('tokens signed with $name, keys in PEM', async ({name, pair}) => {
  await using folder = temporaryFolder();
  const {publicKey, privateKey} = pair();
  const keys = join(folder.path, 'keys.pem');
  writeFileSync(keys, publicKey.export({type: 'spki', format: 'pem'}));
  const token = {realm: 'https://auth.test', service: 'service', issuer: 'issuer', keys};
  await using at = await rawRegistry({token});
  const [, body = ''] = tokenWith().split('.');
  const text = `${part({alg: name})}.${body}`;
  const hash = name === 'EdDSA' ? null : 'sha256';
  const signature = sign(hash, Buffer.from(text), privateKey).toString('base64url');
  const headers = bearer(`${text}.${signature}`);
  expect((await at.request('GET', pull, {headers})).status).toBe(404);
});

test('a private key is no key to check with', async () => {
  await using folder = temporaryFolder();
  const keys = join(folder.path, 'keys.pem');
  writeFileSync(keys, ours.privateKey.export({type: 'pkcs8', format: 'pem'}));
  const token = {realm: 'https://auth.test', service: 'service', issuer: 'issuer', keys};
  await expect(rawRegistry({token})).rejects.toMatchObject({code: 'E_TOKEN_KEYS'});
});

test('who may not read a repository cannot mount from it', async () => {
  await using folder = temporaryFolder();
  await using at = await rawRegistry(tokenServer(folder.path));
  const access = (name: string) => ({
    claims: {access: [{type: 'repository', name, actions: ['pull', 'push']}]},
  });
  const owner = {headers: bearer(tokenWith(access('secret')))};
  const data = Buffer.from('secret');
  const digest = 'sha256:2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b';
  const put = await at.request('POST', `/secret/blobs/uploads/?digest=${digest}`, {
    ...owner,
    body: data,
  });
  expect(put.status).toBe(201);
  const thief = {headers: bearer(tokenWith(access('app')))};
  for (const query of [`mount=${digest}&from=secret`, `mount=${digest}`]) {
    const answer = await at.request('POST', `/app/blobs/uploads/?${query}`, thief);
    expect(answer.status).toBe(202);
    expect((await at.request('GET', `/app/blobs/${digest}`, thief)).status).toBe(404);
  }
});

test('a read-only registry takes nothing and deletes nothing: 405', async () => {
  await using at = await rawRegistry({readOnly: true});
  const requests = [
    ['POST', push],
    ['PUT', '/app/manifests/v1'],
    ['DELETE', '/app/manifests/v1'],
  ] as const;
  for (const [method, path] of requests) {
    expect(await at.request(method, path)).toMatchObject({status: 405, codes: ['UNSUPPORTED']});
  }
});

/** Whose certificate the server showed, as a fingerprint; `refused` when there was no answer. */
function ask(url: string, ca: Certificate, client?: Certificate): Promise<string> {
  const mine = client === undefined ? {} : {cert: client.cert, key: client.key};
  return new Promise((resolve) => {
    const request = get(`${url}/v2/`, {ca: ca.cert, agent: false, ...mine}, (response) => {
      resolve((response.socket as TLSSocket).getPeerCertificate().fingerprint256);
      response.resume();
    });
    request.on('error', () => resolve('refused'));
  });
}

const fingerprint = ({cert}: Certificate) => new X509Certificate(cert).fingerprint256;

test('TLS with a private authority; a new certificate is taken without a restart', async () => {
  await using folder = temporaryFolder();
  const authority = new Authority(folder.path);
  const ca = authority.certificate;
  const first = authority.sign('127.0.0.1');
  const tls = {cert: first.certPath, key: first.keyPath};
  await using at = await rawRegistry({tls});
  const {url} = at.registry;
  expect(url).toMatch(/^https:/);
  expect(await ask(url, ca)).toBe(fingerprint(first));
  const second = authority.sign('127.0.0.1');
  writeFileSync(tls.key, first.key);
  expect(() => at.registry.reload()).toThrow(expect.objectContaining({code: 'E_CERTIFICATE'}));
  expect(await ask(url, ca)).toBe(fingerprint(first));
  writeFileSync(tls.key, second.key);
  at.registry.reload();
  expect(await ask(url, ca)).toBe(fingerprint(second));
});

test('with a client authority only its certificates get in', async () => {
  await using folder = temporaryFolder();
  await using elsewhere = temporaryFolder();
  const authority = new Authority(folder.path);
  const server = authority.sign('127.0.0.1');
  const ca = authority.certificate;
  const tls = {cert: server.certPath, key: server.keyPath, clientCA: ca.certPath};
  await using at = await rawRegistry({tls});
  const {url} = at.registry;
  expect(await ask(url, ca)).toBe('refused');
  expect(await ask(url, ca, new Authority(elsewhere.path).sign('stranger'))).toBe('refused');
  expect(await ask(url, ca, authority.sign('client'))).toBe(fingerprint(server));
});

test('Apache writes files that are read here', async (context) => {
  await using folder = temporaryFolder();
  const htpasswd = join(folder.path, 'users');
  try {
    execFileSync('htpasswd', ['-Bbc', htpasswd, 'ada', 'pass'], {stdio: 'pipe'});
  } catch {
    context.skip('needs htpasswd');
  }
  await using at = await rawRegistry({htpasswd});
  expect((await at.request('GET', '/', {headers: basic('ada', 'pass')})).status).toBe(200);
});
