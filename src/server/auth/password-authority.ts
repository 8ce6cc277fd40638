/**
 * Users of an htpasswd file may do everything; with `anonymousRead` everybody may pull.
 *
 * docker's clients decide by the first answer of /v2/ whether they have credentials to send at all, and some do nothing without
 * any once they are asked for Basic ones. Only a token server serves those who pull without a name and those who push with
 * one. So with `anonymousRead` this registry has one of its own, at /token.
 */
import {generateKeyPairSync, sign} from 'node:crypto';
import {now} from '../../base/clock.js';
import type {Authority, Grant, Need, Origin, TokenAnswer} from './authority.js';
import {basicChallenge, bearerChallenge, denied, type TokenServer} from './challenge.js';
import type {Htpasswd} from './htpasswd.js';
import {type TokenAccess, verifiedClaims} from './json-web-token.js';
import {anonymous, bearerToken, grantOf, isReading} from './token-authority.js';

const SERVICE = 'tsbuild registry';
/** Seconds; long enough for any request to begin, asked for again after that. */
const LIFETIME = 300;
/** Scopes of one token. */
const MOST_SCOPES = 32;

const everything: Grant = {isAnonymous: false, allows: () => true};

export class PasswordAuthority implements Authority {
  readonly #users: Htpasswd;
  readonly #anonymousRead: boolean;
  readonly #keys = generateKeyPairSync('ed25519');

  constructor(users: Htpasswd, {anonymousRead}: {anonymousRead: boolean}) {
    this.#users = users;
    this.#anonymousRead = anonymousRead;
  }

  async identify(authorization: string | undefined, origin: Origin): Promise<Grant> {
    const token = bearerToken(authorization ?? '');
    if (token !== undefined && this.#anonymousRead) return this.#bearer(token, origin);
    const user = await this.#user(authorization, origin);
    return user === undefined ? anonymous(this.#anonymousRead) : everything;
  }

  refusal({isAnonymous}: Grant, need: Need, origin: Origin) {
    if (!this.#anonymousRead) return isAnonymous ? basicChallenge() : denied(need);
    return bearerChallenge(at(origin), need, isAnonymous ? undefined : 'insufficient_scope');
  }

  async token(authorization: string | undefined, query: URLSearchParams): Promise<TokenAnswer> {
    const user = await this.#user(authorization, '');
    const asked = query.getAll('scope').flatMap((scopes) => scopes.split(' '));
    const access = asked.slice(0, MOST_SCOPES).flatMap((scope) => granted(scope, user));
    const time = now();
    const token = this.#signed({
      iss: SERVICE,
      aud: SERVICE,
      sub: user ?? '',
      exp: Math.floor(time.getTime() / 1000) + LIFETIME,
      access,
    });
    const issued = time.toISOString();
    return {token, access_token: token, expires_in: LIFETIME, issued_at: issued};
  }

  reload(): void {
    this.#users.reload();
  }

  /** Undefined for nobody: no credentials, or empty ones, as some clients send them. */
  async #user(authorization: string | undefined, origin: Origin): Promise<string | undefined> {
    if (authorization === undefined) return undefined;
    const encoded = /^basic +([\w+/=-]+)$/i.exec(authorization)?.[1] ?? '';
    const text = Buffer.from(encoded, 'base64').toString();
    if (text === ':') return undefined;
    const colon = text.indexOf(':');
    const user = text.slice(0, Math.max(0, colon));
    if (colon > 0 && (await this.#users.verify(user, text.slice(colon + 1)))) return user;
    throw this.refusal(anonymous(false), undefined, origin);
  }

  #bearer(token: string, origin: Origin): Grant {
    const keys = [{kid: undefined, key: this.#keys.publicKey}];
    const claims = verifiedClaims(token, {keys, issuer: SERVICE, service: SERVICE});
    if (claims === undefined) throw bearerChallenge(at(origin), undefined, 'invalid_token');
    return grantOf(claims);
  }

  #signed(claims: object): string {
    const parts = [{typ: 'JWT', alg: 'EdDSA'}, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signature = sign(null, Buffer.from(parts.join('.')), this.#keys.privateKey);
    return [...parts, signature.toString('base64url')].join('.');
  }
}

const at = (origin: Origin): TokenServer => ({realm: `${origin}/token`, service: SERVICE});

/** Of `repository:team/app:pull,push` what the user may: everything, and nobody may read. */
function granted(scope: string, user: string | undefined): readonly TokenAccess[] {
  const [, type = '', name = '', actions = ''] = /^([a-z]+):(.+):([^:]*)$/.exec(scope) ?? [];
  const allowed = actions.split(',').filter((action) => user !== undefined || isReading(action));
  return allowed.length === 0 ? [] : [{type, name, actions: allowed}];
}
