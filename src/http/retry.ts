/**
 * What may go better another time is tried again: 408, 429, 5xx, resets, timeouts; nothing else.
 *
 * Waits grow threefold from `delay`, spread by a half to either side so that many clients do not come back at once. A server's Retry-After
 * is heeded up to two minutes; one that asks for more is not asked again.
 */
import {setTimeout as sleep} from 'node:timers/promises';

export interface RetryPolicy {
  /** In all, the first one included. */
  readonly attempts: number;
  /** Milliseconds before the second attempt. */
  readonly delay: number;
}

export const ONCE: RetryPolicy = {attempts: 1, delay: 0};
/** Docker's attempts. */
export const PATIENT: RetryPolicy = {attempts: 5, delay: 1000};

export interface Retry {
  readonly attempt: number;
  readonly error: Error;
  /** Milliseconds. */
  readonly wait: number;
}

export interface RetryOptions {
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

const GROWTH = 3;
const LONGEST = 30_000;
/** Of a Retry-After. */
const LONGEST_ASKED = 120_000;

/** Throws what the last attempt threw. */
export async function retrying<Out>(
  attempt: (number: number) => Promise<Out>,
  {policy = PATIENT, signal, onRetry}: RetryOptions = {},
): Promise<Out> {
  for (let number = 1; ; number++) {
    signal?.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      signal?.throwIfAborted();
      if (number >= policy.attempts || !isTransient(error)) throw error;
      const wait = waitAfter(number, policy, error.retryAfter);
      onRetry?.({attempt: number, error, wait});
      await sleep(wait, undefined, signal === undefined ? {} : {signal});
    }
  }
}

export type Transient = Error & {
  readonly transient: true;
  readonly retryAfter?: number | undefined;
};

export function isTransient(error: unknown): error is Transient {
  if (!(error instanceof Error)) return false;
  const {transient, retryAfter: asked = 0} = error as Partial<Transient>;
  return transient === true && asked <= LONGEST_ASKED;
}

/** Milliseconds between attempt `number` and the next; `asked` is what the server wants. */
export function waitAfter(number: number, {delay}: RetryPolicy, asked?: number): number {
  if (asked !== undefined) return asked;
  const base = Math.min(delay * GROWTH ** (number - 1), LONGEST);
  return Math.round(base * (0.5 + Math.random()));
}

/** Milliseconds that a Retry-After header asks for: seconds, or a date. Undefined when it says nothing that can be read. */
export function retryAfter(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
