import {TsbuildError} from '../base/error.js';
import {maskedURL} from './masked.js';

export type ConnectionFailure =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'unreachable'
  | 'unknown name'
  | 'bad certificate'
  | 'not TLS'
  | 'proxy'
  | 'failed';

/** No answer came: the host is unknown, refuses, is silent, breaks off, or cannot be believed. */
export class ConnectionError extends TsbuildError {
  readonly code = 'E_CONNECTION';
  readonly failure: ConnectionFailure;
  /** Whether it may go better another time. */
  readonly transient: boolean;

  constructor(url: URL, failure: ConnectionFailure, cause: unknown) {
    const reason = reasonOf(cause, url);
    const hint = hints[failure];
    super(`cannot reach ${url.protocol}//${url.host}: ${failure}: ${reason}`, {
      ...(hint === undefined ? {} : {hint}),
    });
    this.failure = failure;
    this.transient = ['reset', 'timeout', 'unreachable', 'failed'].includes(failure);
  }
}

/** What node-fetch writes before the reason: the whole address, with the values of its query. */
const ADDRESSED =
  /^(?:request to|invalid response body while trying to fetch) \S+?(?: failed, reason)?: /i;

function reasonOf(cause: unknown, url: URL): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(ADDRESSED, '').replaceAll(url.href, maskedURL(url));
}

const hints: Partial<Record<ConnectionFailure, string>> = {
  refused: 'Check host and port: nothing listens there.',
  timeout: 'Check that the host is reachable from here; a proxy is named with HTTPS_PROXY.',
  'unknown name': 'Check the spelling of the host, or the DNS of this machine.',
  'bad certificate':
    "Put the authority's certificate into certs.d/HOST/ca.crt, or list the host in insecure-registries.",
  proxy: 'Check HTTPS_PROXY and HTTP_PROXY, or list the host in NO_PROXY.',
  'not TLS': 'List the host in insecure-registries of daemon.json when it speaks plain http.',
};

/** An answer that is a refusal. */
export class HttpStatusError extends TsbuildError {
  readonly code = 'E_HTTP_STATUS';
  readonly status: number;
  readonly transient: boolean;
  /** Milliseconds to wait before another try, when the server says. */
  readonly retryAfter: number | undefined;

  constructor(
    {method, url, status}: {method: string; url: URL; status: number},
    {text = '', retryAfter}: {text?: string; retryAfter?: number | undefined} = {},
  ) {
    const said = text === '' ? '' : `: ${text}`;
    super(`${method} ${maskedURL(url)}: unexpected status ${status}${said}`);
    this.status = status;
    this.transient = isTransientStatus(status);
    this.retryAfter = retryAfter;
  }
}

const isTransientStatus = (status: number): boolean =>
  status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);

/** Redirects without end, or to what is no web address. */
export class RedirectError extends TsbuildError {
  readonly code = 'E_REDIRECT';

  constructor(url: URL, problem: string) {
    super(`bad redirect from ${maskedURL(url)}: ${problem}`);
  }
}

/** A body larger than the limit set for it. */
export class BodyTooLargeError extends TsbuildError {
  readonly code = 'E_BODY_TOO_LARGE';

  constructor(what: string, limit: number) {
    super(`${what} too large: want at most ${limit} bytes, got more`);
  }
}

/** Bytes arrived whole but do not have the digest that was asked for. */
export class IntegrityError extends TsbuildError {
  readonly code = 'E_INTEGRITY';

  constructor(what: string, {want, got}: {want: string; got: string}) {
    super(`digest mismatch of ${what}: want ${want}, got ${got}`, {
      hint: 'Check the digest, and whether the file has changed at its source.',
    });
  }
}

/** `--offline`, and something that only the network has. */
export class OfflineError extends TsbuildError {
  readonly code = 'E_OFFLINE';

  constructor(what: string, hint: string) {
    super(`offline: ${what} is not here, and the network may not be used`, {hint});
  }
}
