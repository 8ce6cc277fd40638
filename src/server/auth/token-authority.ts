/** Tokens of a token server decide: each says what its bearer may do, and nobody else may anything. */
import type {Authority, Grant, Need} from './authority.js';
import {bearerChallenge, type TokenServer} from './challenge.js';
import {type Claims, type TokenAccess, verifiedClaims} from './json-web-token.js';
import {readVerificationKeys} from './verification-keys.js';

export interface TokenOptions extends TokenServer {
  /** Who must have issued a token. */
  readonly issuer: string;
  /** File of public keys; see verification-keys.ts. */
  readonly keys: string;
  /** Pull without a token. */
  readonly anonymousRead: boolean;
}

export class TokenAuthority implements Authority {
  readonly #options: TokenOptions;
  #keys: ReturnType<typeof readVerificationKeys>;

  /** Throws TokenKeysError. */
  constructor(options: TokenOptions) {
    this.#options = options;
    this.#keys = readVerificationKeys(options.keys);
  }

  async identify(authorization: string | undefined): Promise<Grant> {
    const {anonymousRead} = this.#options;
    if (authorization === undefined) return anonymous(anonymousRead);
    const token = bearerToken(authorization);
    const claims = token && verifiedClaims(token, {...this.#options, keys: this.#keys});
    if (!claims) throw bearerChallenge(this.#options, undefined, 'invalid_token');
    return grantOf(claims);
  }

  refusal({isAnonymous}: Grant, need: Need) {
    return bearerChallenge(this.#options, need, isAnonymous ? undefined : 'insufficient_scope');
  }

  reload(): void {
    this.#keys = readVerificationKeys(this.#options.keys);
  }
}

export const bearerToken = (authorization: string): string | undefined =>
  /^bearer +([\w.~+/=-]+)$/i.exec(authorization)?.[1];

export const anonymous = (mayRead: boolean): Grant => ({
  isAnonymous: true,
  allows: (need) => mayRead && need !== undefined && isReading(need.action),
});

/** Of a repository, or of the catalog, where there is nothing but reading. */
export const isReading = (action: string): boolean => action === 'pull' || action === '*';

export const grantOf = ({access}: Claims): Grant => ({
  isAnonymous: false,
  allows: (need) => need === undefined || access.some((entry) => covers(entry, need)),
});

const covers = ({type, name, actions}: TokenAccess, need: NonNullable<Need>): boolean =>
  type === need.type &&
  name === need.name &&
  (actions.includes(need.action) || actions.includes('*'));
