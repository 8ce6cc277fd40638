/** A token server on loopback, for registries of ours that demand its tokens: distribution's token and OAuth 2 protocols. */
import {generateKeyPairSync, sign} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import type {RegistryRequest} from '../../src/app/registry/serve-registry.js';
import {serve} from '../http/http-server.js';

export interface TokenServer extends AsyncDisposable {
  /** What a registry is told of it. */
  readonly token: NonNullable<RegistryRequest['token']>;
  /** `POST password ada repository:app:pull`: what was asked so far. */
  readonly asked: readonly string[];
}

interface TokenServerOptions {
  /** Keeps the public key. */
  readonly folder: string;
  /** Name → password. Who has none of these may pull. */
  readonly users: Readonly<Record<string, string>>;
  /** Status of a POST where there is none. */
  readonly refusesPost?: number;
  /** Given to whoever asks for one, and believed. */
  readonly refreshToken?: string;
  /** Seconds that are said; tokens are good for longer. */
  readonly lifetime?: number;
  /** Gives scopes out one by one: what was asked last is all a token is good for. */
  readonly stingy?: boolean;
}

interface Asked {
  readonly kind: 'anonymous' | 'password' | 'refresh';
  /** Undefined when who asks is not believed. */
  readonly user: string | undefined;
  readonly scopes: readonly string[];
}

const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});

export async function tokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const keys = join(options.folder, 'token-keys.pem');
  writeFileSync(keys, publicKey.export({type: 'spki', format: 'pem'}));
  const asked: string[] = [];
  const server = await serve(async (request, response) => {
    const query = await readQuery(request, options);
    const who = query === undefined ? 'refused' : `${query.kind} ${query.user ?? '-'}`;
    asked.push([request.method, who, ...(query?.scopes ?? [])].join(' '));
    answer(response, query, options);
  });
  return {
    token: {realm: `${server.url}token`, service: 'service', issuer: 'issuer', keys},
    asked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Undefined for a POST where there is none. */
async function readQuery(
  request: IncomingMessage,
  {users, refusesPost, refreshToken}: TokenServerOptions,
): Promise<Asked | undefined> {
  const believed = (name: string, word: string) => (users[name] === word ? name : undefined);
  if (request.method === 'POST') {
    const form = new URLSearchParams(await text(request));
    if (refusesPost !== undefined) return undefined;
    const field = (name: string) => form.get(name) ?? '';
    const scopes = field('scope').split(' ').filter(Boolean);
    if (field('grant_type') === 'refresh_token') {
      const user = field('refresh_token') === refreshToken ? 'refreshed' : undefined;
      return {kind: 'refresh', user, scopes};
    }
    return {kind: 'password', user: believed(field('username'), field('password')), scopes};
  }
  const scopes = new URL(request.url ?? '', 'http://x').searchParams.getAll('scope');
  const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) return {kind: 'anonymous', user: 'anybody', scopes};
  const [name = '', word = ''] = Buffer.from(basic, 'base64').toString().split(':');
  return {kind: 'password', user: believed(name, word), scopes};
}

function answer(
  response: ServerResponse,
  query: Asked | undefined,
  {refusesPost, refreshToken, lifetime, stingy}: TokenServerOptions,
): void {
  if (query?.user === undefined) {
    response.writeHead(query === undefined ? (refusesPost ?? 404) : 401).end('{}');
    return;
  }
  const granted = stingy ? query.scopes.slice(-1) : query.scopes;
  const access = granted.map((scope) => accessOf(scope, query.kind === 'anonymous'));
  const body = {
    token: signed({iss: 'issuer', aud: 'service', exp: Math.ceil(Date.now() / 1000) + 600, access}),
    ...(refreshToken && {refresh_token: refreshToken}),
    ...(lifetime && {expires_in: lifetime}),
  };
  response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(body));
}

function accessOf(scope: string, pullOnly: boolean) {
  const [type, name, actions = ''] = scope.split(':');
  const all = actions.split(',');
  return {type, name, actions: pullOnly ? all.filter((action) => action === 'pull') : all};
}

function signed(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({alg: 'ES256', typ: 'JWT'})}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(body), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  });
  return `${body}.${signature.toString('base64url')}`;
}
