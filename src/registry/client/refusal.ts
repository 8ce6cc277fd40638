/** What a registry says in the body of a refusal → the failure it is. */
import {readBody} from '../../http/body.js';
import type {HttpResponse} from '../../http/http-client.js';
import {retryAfter} from '../../http/retry.js';
import type {DistributionProblem} from '../../oci/distribution-error.js';
import {
  DeniedError,
  RateLimitedError,
  type Refusal,
  RegistryStatusError,
  UnauthorizedError,
} from '../errors.js';

/** Bytes. */
const LIMIT = 64 * 1024;
const LONGEST = 300;

/** Reads the body. */
export async function readRefusal(response: HttpResponse): Promise<Refusal> {
  const {status, url, body} = response;
  const data = await readBody(body, {limit: LIMIT, what: 'answer'}).catch(() => Buffer.alloc(0));
  return {place: `${url.protocol}//${url.host}`, status, problems: problemsIn(data)};
}

export interface Asked {
  /** For messages: `pull of hello`. */
  readonly what: string;
  /** Whom a login is for. */
  readonly host: string;
  /** Whether credentials were shown. */
  readonly known: boolean;
  /** The answer is not the registry's: it sent us on. */
  readonly isElsewhere: boolean;
}

/** The error for statuses that mean the same wherever they come. */
export function refusalError(
  refusal: Refusal,
  headers: HttpResponse['headers'],
  {what, host, known, isElsewhere}: Asked,
): Error {
  const after = retryAfter(headers.get('retry-after'));
  const {status} = refusal;
  // Nobody was told there who asks.
  switch (isElsewhere && (status === 401 || status === 403) ? undefined : status) {
    case 401:
      return new UnauthorizedError(what, refusal, {host, known});
    case 403:
      return new DeniedError(what, refusal);
    case 429: {
      const told = rateLimit(headers);
      return new RateLimitedError(what, refusal, {retryAfter: after, ...(told && {told})});
    }
    default:
      return new RegistryStatusError(what, refusal, after);
  }
}

/** Docker Hub's limits: `100;w=21600` is a hundred in six hours. Undefined when the server has none. */
export function rateLimit(headers: HttpResponse['headers']): string | undefined {
  const [limit] = (headers.get('ratelimit-limit') ?? '').split(';');
  const [remaining] = (headers.get('ratelimit-remaining') ?? '').split(';');
  return limit && remaining ? `${remaining} of ${limit} pulls left` : undefined;
}

function problemsIn(data: Buffer): readonly DistributionProblem[] {
  let document: unknown;
  try {
    document = JSON.parse(data.toString());
  } catch {
    return [];
  }
  const {errors} = (document ?? {}) as {errors?: unknown};
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, 8).map((each: unknown) => {
    const {code, message} = (each ?? {}) as {code?: unknown; message?: unknown};
    return {code: text(code) as DistributionProblem['code'], message: text(message)};
  });
}

const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, LONGEST) : '');
