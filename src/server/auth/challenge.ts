/**
 * The answers that ask for credentials.
 *
 * Source  RFC 9110 § 11.6.1; distribution docs/spec/auth/token.md (realm, service, scope, error).
 */
import {Refusal} from '../refusal.js';
import type {Need} from './authority.js';

export interface TokenServer {
  readonly realm: string;
  readonly service: string;
}

const unauthorized = (challenge: string, detail?: unknown): Refusal =>
  new Refusal([401, 'UNAUTHORIZED'], 'authentication required', {
    headers: {'WWW-Authenticate': challenge},
    detail,
  });

export const basicChallenge = (): Refusal =>
  unauthorized('Basic realm="tsbuild registry", charset="UTF-8"');

/** `error` is what was wrong with the token that came. */
export function bearerChallenge(
  {realm, service}: TokenServer,
  need: Need,
  error?: 'invalid_token' | 'insufficient_scope',
): Refusal {
  const scope = scopeOf(need);
  const fields = {
    realm,
    service,
    ...(scope === undefined ? {} : {scope}),
    ...(error === undefined ? {} : {error}),
  };
  const text = Object.entries(fields).map(([name, value]) => `${name}="${quoted(value)}"`);
  return unauthorized(`Bearer ${text.join(',')}`, need);
}

export const denied = (need: Need): Refusal =>
  new Refusal([403, 'DENIED'], 'requested access to the resource is denied', {detail: need});

/** Who pushes also looks what is there. */
function scopeOf(need: Need): string | undefined {
  if (need === undefined) return undefined;
  const actions = need.action === 'push' ? 'pull,push' : need.action;
  return `${need.type}:${need.name}:${actions}`;
}

const quoted = (text: string): string => text.replaceAll(/["\\]/g, '\\$&');
