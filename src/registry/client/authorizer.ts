/**
 * Who asks, told to one registry the way it wants: nothing until it asks, then Basic, or a token for what is asked.
 *
 * Tokens are kept for each set of scopes until four fifths of their lifetime are over, and asked for once at a time. A
 * password goes to a token server over https alone, unless the registry itself is spoken to without.
 */
import {basic} from '../../http/basic.js';
import type {HttpClient} from '../../http/http-client.js';
import type {Trust} from '../../http/trust.js';
import type {Credential} from '../config/credential.js';
import {TokenServerError} from '../errors.js';
import {type Challenge, parseChallenges} from './challenge.js';
import {unionOf} from './scopes.js';
import {fetchToken, placeOf, type Token} from './token.js';

export interface AuthorizerOptions {
  readonly http: HttpClient;
  readonly trust: Trust;
  readonly credential: () => Promise<Credential | undefined>;
  /** Whether the registry is spoken to in the clear or unchecked anyway. */
  readonly isInsecure: () => boolean;
}

export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #tokens = new Map<string, Promise<Token | undefined>>();
  /** Sets of scopes that turned out not to be enough → those that are. */
  readonly #wider = new Map<string, readonly string[]>();
  #challenge: Challenge | undefined;
  #credential: Promise<Credential | undefined> | undefined;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  async isKnown(): Promise<boolean> {
    return this.#challenge !== undefined && (await this.#who()) !== undefined;
  }

  /** The header for a request; undefined as long as the registry has not asked, or when there is nothing to tell. */
  async header(scopes: readonly string[], signal?: AbortSignal): Promise<string | undefined> {
    if (this.#challenge === undefined) return undefined;
    const credential = await this.#who();
    if (credential?.kind === 'registry') return `Bearer ${credential.token}`;
    if (this.#challenge.scheme === 'basic') {
      return credential?.kind === 'password' ? basic(credential) : undefined;
    }
    const token = await this.#token(this.#enough(scopes), signal);
    return token === undefined ? undefined : `Bearer ${token.token}`;
  }

  /** Takes the challenge of a 401. False when it has none that is known here. `sent` is the header the request had. */
  learn(challenge: string | null, scopes: readonly string[], sent: string | undefined): boolean {
    const challenges = parseChallenges(challenge);
    const found =
      challenges.find(({scheme}) => scheme === 'bearer') ??
      challenges.find(({scheme}) => scheme === 'basic');
    if (found === undefined) return false;
    this.#challenge = found;
    const wanted = (found.parameters['scope'] ?? '').split(' ').filter((scope) => scope !== '');
    const union = unionOf([...this.#enough(scopes), ...wanted]);
    this.#wider.set(keyOf(scopes), union);
    // It was too small, or is no longer believed.
    if (sent !== undefined) this.#tokens.delete(keyOf(union));
    return true;
  }

  /** What a login keeps in place of the password; undefined where the registry has no token server, or that gives none. */
  async refreshToken(signal?: AbortSignal): Promise<string | undefined> {
    if (this.#challenge?.scheme !== 'bearer') return undefined;
    return (await this.#fetch([], {offline: true, signal}))?.refreshToken;
  }

  #enough(scopes: readonly string[]): readonly string[] {
    return this.#wider.get(keyOf(scopes)) ?? scopes;
  }

  #who(): Promise<Credential | undefined> {
    this.#credential ??= this.#options.credential();
    return this.#credential;
  }

  async #token(
    scopes: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Token | undefined> {
    const key = keyOf(scopes);
    const before = this.#tokens.get(key);
    const known = await before?.catch(() => undefined);
    if (known !== undefined && known.goodUntil > Date.now()) return known;
    // Another request may have asked meanwhile.
    const now = this.#tokens.get(key);
    if (now !== undefined && now !== before) return now;
    const asked = this.#fetch(scopes, {signal});
    this.#tokens.set(key, asked);
    asked.catch(() => this.#tokens.delete(key));
    return asked;
  }

  async #fetch(
    scopes: readonly string[],
    {offline = false, signal}: {offline?: boolean; signal?: AbortSignal | undefined},
  ): Promise<Token | undefined> {
    const {parameters} = this.#challenge ?? {parameters: {} as Record<string, string>};
    const realm = realmOf(parameters['realm'] ?? '');
    const credential = await this.#who();
    if (credential !== undefined && realm.protocol === 'http:' && !this.#options.isInsecure()) {
      throw new TokenServerError(placeOf(realm), 'want https for a password, got http');
    }
    const {http, trust} = this.#options;
    const service = parameters['service'] ?? '';
    return fetchToken(http, {realm, service, scopes, credential, trust, offline, signal});
  }
}

function realmOf(text: string): URL {
  if (!URL.canParse(text) || !/^https?:/.test(text)) {
    throw new TokenServerError(JSON.stringify(text), 'want an address, got something else');
  }
  return new URL(text);
}

const keyOf = (scopes: readonly string[]): string => [...scopes].sort().join(' ');
