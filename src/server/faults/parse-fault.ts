/**
 * Failures on purpose, to test clients with, one a line:
 *
 *   GET blobs: cut 100kB              the connection ends after so many bytes of a body, sent or received
 *   blobs: slow 50kB                  bytes a second
 *   uploads: wrong                    the first byte of the body is another
 *   manifests: 429, retry after 2     this status, with Retry-After
 *   PUT manifests: 500, 2 times       only the first two
 *   GET: hang, after 10               no answer, once ten were let through
 *
 * In front of the colon a method, an endpoint (base, catalog, blobs, uploads, manifests, tags, referrers), both or, with `any`,
 * neither.
 */
import {InvalidFaultError} from '../errors.js';

export type Effect =
  | {readonly kind: 'cut'; readonly bytes: number}
  | {readonly kind: 'slow'; readonly bytesPerSecond: number}
  | {readonly kind: 'wrong'}
  | {readonly kind: 'hang'}
  | {readonly kind: 'status'; readonly status: number; readonly retryAfter: number | undefined};

export interface Fault {
  readonly method: string | undefined;
  readonly endpoint: string | undefined;
  readonly effect: Effect;
  /** Requests that are let through before, and that are hit then. */
  readonly after: number;
  readonly times: number;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'];
const ENDPOINTS = ['base', 'catalog', 'blobs', 'uploads', 'manifests', 'tags', 'referrers'];
const units: Readonly<Record<string, number>> = {B: 1, kB: 1e3, MB: 1e6, GB: 1e9};

/** Throws InvalidFaultError. */
export function parseFault(text: string): Fault {
  const [, where, what = ''] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  if (where === undefined) throw new InvalidFaultError(text, 'want "WHERE: WHAT"');
  const [effect = '', ...options] = what.split(',').map((part) => part.trim());
  const number = (pattern: RegExp): number | undefined => {
    const match = options.map((option) => pattern.exec(option)?.[1]).find((each) => each);
    return match === undefined ? undefined : Number(match);
  };
  const known = /^(?:after \d{1,9}|\d{1,9} times?|retry after \d{1,9})$/;
  const unknown = options.find((option) => !known.test(option));
  if (unknown !== undefined) {
    throw new InvalidFaultError(
      text,
      `want "N times", "after N" or "retry after SECONDS", got ${JSON.stringify(unknown)}`,
    );
  }
  return {
    ...parseWhere(text, where),
    effect: parseEffect(text, effect, number(/^retry after (\d+)$/)),
    after: number(/^after (\d+)$/) ?? 0,
    times: number(/^(\d+) times?$/) ?? Number.POSITIVE_INFINITY,
  };
}

function parseWhere(text: string, where: string): Pick<Fault, 'method' | 'endpoint'> {
  const words = where.trim().split(/\s+/);
  const method = words.find((word) => METHODS.includes(word));
  const endpoint = words.find((word) => ENDPOINTS.includes(word));
  const understood = [method, endpoint].filter((word) => word !== undefined).length;
  if (understood === words.length || words.join() === 'any') return {method, endpoint};
  const want = `${METHODS.join(', ')}, ${ENDPOINTS.join(', ')} or any`;
  throw new InvalidFaultError(text, `want of ${want}, got ${JSON.stringify(where.trim())}`);
}

function parseEffect(text: string, effect: string, retryAfter: number | undefined): Effect {
  const [, verb, amount = '', unit = 'B'] =
    /^(cut|slow) (\d{1,12}) ?(B|kB|MB|GB)?$/.exec(effect) ?? [];
  const bytes = Number(amount) * (units[unit] ?? 1);
  if (verb === 'cut') return {kind: 'cut', bytes};
  if (verb === 'slow' && bytes > 0) return {kind: 'slow', bytesPerSecond: bytes};
  if (effect === 'wrong' || effect === 'hang') return {kind: effect};
  if (/^[45]\d\d$/.test(effect)) return {kind: 'status', status: Number(effect), retryAfter};
  throw new InvalidFaultError(
    text,
    `want cut SIZE, slow SIZE, wrong, hang or a status from 400, got ${JSON.stringify(effect)}`,
  );
}
