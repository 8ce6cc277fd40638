/** Who may do what: the port behind which passwords, tokens or nothing at all decide. */
import type {Refusal} from '../refusal.js';

/** `undefined` where an endpoint touches nothing: the base of the API, with which clients try their credentials. */
export type Need = RepositoryNeed | CatalogNeed | undefined;

interface RepositoryNeed {
  readonly type: 'repository';
  readonly name: string;
  readonly action: 'pull' | 'push' | 'delete';
}

interface CatalogNeed {
  readonly type: 'registry';
  readonly name: 'catalog';
  readonly action: '*';
}

export interface Grant {
  /** Nobody in particular: more may be allowed to somebody. */
  readonly isAnonymous: boolean;
  allows(need: Need): boolean;
}

/** Where the request came to, as the client wrote it: `http://127.0.0.1:5000`. */
export type Origin = string;

export interface Authority {
  /** By the Authorization header. Throws a Refusal for credentials that are wrong. */
  identify(authorization: string | undefined, origin: Origin): Promise<Grant>;
  /** What to answer a grant that does not do. */
  refusal(grant: Grant, need: Need, origin: Origin): Refusal;
  /** The answer of a token endpoint, where this registry has one. */
  token?(authorization: string | undefined, query: URLSearchParams): Promise<TokenAnswer>;
  /** Reads its files again. Throws, and goes on as before, when they cannot be used. */
  reload(): void;
}

/** Source  distribution docs/spec/auth/token.md: old and new clients read different members. */
export interface TokenAnswer {
  readonly token: string;
  readonly access_token: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly issued_at: string;
}

const everything: Grant = {isAnonymous: true, allows: () => true};

/** Without one, whoever comes may do everything. */
export const identify = (
  authority: Authority | undefined,
  authorization: string | undefined,
  origin: Origin,
): Promise<Grant> =>
  authority === undefined ? Promise.resolve(everything) : authority.identify(authorization, origin);
