/**
 * One bearer token from a token server.
 *
 * With a password or a refresh token by POST (OAuth 2), and where the server knows no such thing by GET; without, by GET.
 * Source  distribution docs/spec/auth/{token,oauth}.md.
 */
import {basic} from '../../http/basic.js';
import {readBody} from '../../http/body.js';
import type {HttpClient, HttpRequest, HttpResponse} from '../../http/http-client.js';
import type {Trust} from '../../http/trust.js';
import {type Credential, isToken} from '../config/credential.js';
import {TokenServerError} from '../errors.js';

export interface TokenRequest {
  readonly realm: URL;
  readonly service: string;
  readonly scopes: readonly string[];
  readonly credential: Credential | undefined;
  readonly trust: Trust;
  /** Asks for a refresh token too: what a login keeps. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface Token {
  readonly token: string;
  readonly refreshToken: string | undefined;
  /** Milliseconds since 1970 after which it is not to be used. */
  readonly goodUntil: number;
}

/** Bytes. */
const LIMIT = 1 << 20;
const CLIENT_ID = 'tsbuild';
/** Seconds, when the server does not say. */
const LIFETIME = 60;
/** What servers answer that know GET alone. */
const NO_POST = [400, 401, 404, 405];

/** Throws TokenServerError, ConnectionError. Undefined when the server refuses who asks. */
export async function fetchToken(
  http: HttpClient,
  request: TokenRequest,
): Promise<Token | undefined> {
  const {credential, realm} = request;
  const started = Date.now();
  if (credential !== undefined && credential.kind !== 'registry') {
    const response = await http.send(postRequest(request, credential));
    if (response.status === 200) return readToken(realm, response, started);
    await drain(response);
    if (!NO_POST.includes(response.status) || credential.kind === 'identity') {
      return refused(realm, response.status);
    }
  }
  const response = await http.send(getRequest(request));
  if (response.status === 200) return readToken(realm, response, started);
  await drain(response);
  return refused(realm, response.status);
}

function postRequest(
  {realm, service, scopes, trust, offline, signal}: TokenRequest,
  credential: Exclude<Credential, {kind: 'registry'}>,
): HttpRequest {
  const form = new URLSearchParams({client_id: CLIENT_ID, service, scope: scopes.join(' ')});
  if (offline) form.set('access_type', 'offline');
  if (credential.kind === 'identity') {
    form.set('grant_type', 'refresh_token');
    form.set('refresh_token', credential.token);
  } else {
    form.set('grant_type', 'password');
    form.set('username', credential.username);
    form.set('password', credential.password);
  }
  const headers = {'content-type': 'application/x-www-form-urlencoded', accept: 'application/json'};
  const body = form.toString();
  return {method: 'POST', url: realm, headers, body, isSecret: true, trust, signal};
}

function getRequest({
  realm,
  service,
  scopes,
  credential,
  trust,
  offline,
  signal,
}: TokenRequest): HttpRequest {
  const url = new URL(realm);
  if (service !== '') url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (offline) url.searchParams.set('offline_token', 'true');
  if (credential?.kind !== 'password') return {url, trust, signal};
  url.searchParams.set('account', credential.username);
  return {url, trust, signal, headers: {authorization: basic(credential)}};
}

async function readToken(realm: URL, {body}: HttpResponse, started: number): Promise<Token> {
  const data = await readBody(body, {limit: LIMIT, what: 'token'});
  const answer = parse(realm, data);
  const {token = answer['access_token'], refresh_token: refresh, expires_in: seconds} = answer;
  if (typeof token !== 'string' || !isToken(token)) {
    throw new TokenServerError(placeOf(realm), 'want a token, got none');
  }
  const lifetime = typeof seconds === 'number' && seconds > 0 ? seconds : LIFETIME;
  return {
    token,
    refreshToken: typeof refresh === 'string' && refresh !== '' ? refresh : undefined,
    goodUntil: started + lifetime * 800,
  };
}

function parse(realm: URL, data: Buffer): Record<string, unknown> {
  try {
    return {...(JSON.parse(data.toString()) as Record<string, unknown> | null)};
  } catch {
    throw new TokenServerError(placeOf(realm), 'want JSON, got something else');
  }
}

function refused(realm: URL, status: number): undefined {
  if (status === 401 || status === 403 || status === 400) return undefined;
  throw new TokenServerError(placeOf(realm), `unexpected status ${status}`, {status});
}

const drain = ({body}: HttpResponse): Promise<unknown> =>
  readBody(body, {limit: LIMIT, what: 'answer'}).catch(() => undefined);

export const placeOf = ({protocol, host, pathname}: URL): string =>
  `${protocol}//${host}${pathname}`;
