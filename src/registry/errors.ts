import {TsbuildError} from '../base/error.js';
import type {DistributionProblem} from '../oci/distribution-error.js';

/** What a registry answered, for messages: where, and what it said. */
export interface Refusal {
  /** `https://10.24.2.30:5000`, the place that answered. */
  readonly place: string;
  readonly status: number;
  readonly problems: readonly DistributionProblem[];
}

/** What a Retry-After of some milliseconds asks for, in words. */
function again(retryAfter: number | undefined): string {
  if (retryAfter === undefined) return '';
  const [unit, size] = (
    [
      ['hours', 3_600_000],
      ['minutes', 60_000],
    ] as const
  ).find(([, each]) => retryAfter >= 2 * each) ?? ['seconds', 1000];
  return `; again in ${Math.ceil(retryAfter / size)} ${unit}`;
}

const said = ({place, status, problems}: Refusal): string => {
  const texts = problems.map(({code, message}) => (message ? `${code}: ${message}` : code));
  return `${place} answered ${status}${texts.length === 0 ? '' : ` (${texts.join('; ')})`}`;
};

/** The registry wants to know who asks, or does not believe it. */
export class UnauthorizedError extends TsbuildError {
  readonly code = 'E_UNAUTHORIZED';
  readonly refusal: Refusal;
  /** Whether it was told who asks. */
  readonly known: boolean;

  constructor(what: string, refusal: Refusal, {host, known}: {host: string; known: boolean}) {
    super(`unauthorized: ${what}: ${said(refusal)}`, {
      hint: known
        ? `The credentials for ${host} were refused: log in again with "tsbuild login ${host}".`
        : `Log in with "tsbuild login ${host}".`,
    });
    this.refusal = refusal;
    this.known = known;
  }
}

/** The registry knows who asks, and says no. */
export class DeniedError extends TsbuildError {
  readonly code = 'E_DENIED';

  constructor(what: string, refusal: Refusal) {
    super(`denied: requested access to the resource is denied: ${what}: ${said(refusal)}`, {
      hint: 'Check the name of the repository, and what this login may do there.',
    });
  }
}

/** A repository that is not there, or that is not shown to who asks: registries do not tell which. */
export class PullAccessDeniedError extends TsbuildError {
  readonly code = 'E_PULL_ACCESS_DENIED';

  constructor(repository: string, refusal: Refusal, host: string) {
    super(
      `pull access denied for ${repository}, repository does not exist or may require login: ${said(refusal)}`,
      {hint: `Check the name; a private repository needs "tsbuild login ${host}".`},
    );
  }
}

/** A repository without such a tag or manifest. */
export class ManifestUnknownError extends TsbuildError {
  readonly code = 'E_MANIFEST_UNKNOWN';

  constructor(reference: string, refusal: Refusal) {
    super(`manifest for ${reference} not found: manifest unknown: ${said(refusal)}`, {
      hint: 'Check the tag.',
    });
  }
}

/** Too many requests; the registry may say until when. */
export class RateLimitedError extends TsbuildError {
  readonly code = 'E_RATE_LIMITED';
  readonly transient = true;
  readonly retryAfter: number | undefined;

  constructor(
    what: string,
    refusal: Refusal,
    limits: {retryAfter?: number | undefined; told?: string},
  ) {
    const told = limits.told === undefined ? '' : `; ${limits.told}`;
    super(`too many requests: ${what}: ${said(refusal)}${told}${again(limits.retryAfter)}`, {
      hint: 'Wait, log in for a higher limit, or name a mirror in registry-mirrors of daemon.json.',
    });
    this.retryAfter = limits.retryAfter;
  }
}

/** A registry that does not delete, or not this while something else there needs it. */
export class DeleteRefusedError extends TsbuildError {
  readonly code = 'E_DELETE_REFUSED';

  constructor(reference: string, refusal: Refusal) {
    super(`the registry does not delete ${reference}: ${said(refusal)}`, {
      hint: "Allow deletes in the registry's configuration, or delete first what needs it.",
    });
  }
}

/** Any other answer that is not what was asked for. */
export class RegistryStatusError extends TsbuildError {
  readonly code = 'E_REGISTRY_STATUS';
  readonly refusal: Refusal;
  readonly transient: boolean;
  readonly retryAfter: number | undefined;

  constructor(what: string, refusal: Refusal, retryAfter?: number) {
    super(`unexpected answer: ${what}: ${said(refusal)}${again(retryAfter)}`);
    const {status} = refusal;
    this.refusal = refusal;
    this.transient = status === 408 || (status >= 500 && status !== 501);
    this.retryAfter = retryAfter;
  }
}

/** An answer that breaks the protocol: no Location, another digest, another range. */
export class BadAnswerError extends TsbuildError {
  readonly code = 'E_BAD_ANSWER';

  constructor(place: string, problem: string, cause?: unknown) {
    super(`bad answer from ${place}: ${problem}`, {cause});
  }
}

/** What a name points to is neither an image nor an index of images: an artifact, or docker's long withdrawn schema 1. */
export class NotAnImageError extends TsbuildError {
  readonly code = 'E_NOT_AN_IMAGE';

  constructor(reference: string, place: string, got: string) {
    super(`want an image manifest or index as ${reference}, got ${got} from ${place}`, {
      hint: 'Check the name; what is no image cannot be pulled as one.',
    });
  }
}

/** An upload that the registry knows no more. */
export class UploadLostError extends TsbuildError {
  readonly code = 'E_UPLOAD_LOST';
  readonly transient = true;

  constructor(place: string) {
    super(`${place} has lost an upload`, {
      hint: 'Push again; behind a load balancer all of its registries need one storage.',
    });
  }
}

/** The registry holds more or less of an upload than it said. */
export class UploadOutOfStepError extends TsbuildError {
  readonly code = 'E_UPLOAD_OUT_OF_STEP';
  readonly transient = true;

  constructor(place: string, offset: number) {
    super(`${place} does not take an upload on from byte ${offset}`, {hint: 'Push again.'});
  }
}

/** A server of tokens that gives none. */
export class TokenServerError extends TsbuildError {
  readonly code = 'E_TOKEN_SERVER';
  readonly transient: boolean;

  constructor(
    realm: string,
    problem: string,
    {status = 0, cause}: {status?: number; cause?: unknown} = {},
  ) {
    super(`no token from ${realm}: ${problem}`, {
      cause,
      hint: 'Check the registry: it sent us there.',
    });
    this.transient = status === 429 || status >= 500;
  }
}

/** No endpoint of a registry gave what was asked for; the cause is the last one's. */
export class NoEndpointError extends TsbuildError {
  readonly code = 'E_NO_ENDPOINT';

  constructor(
    what: string,
    tried: readonly {place: string; reason: string}[],
    policy: string | undefined,
  ) {
    const list = tried.map(({place, reason}) => `\n  ${place}: ${reason}`).join('');
    const never =
      policy === undefined
        ? ''
        : `; ${policy} says fallback: never, so the registry itself was not asked`;
    super(`${what}: no mirror has it${never}${list}`, {
      hint: 'Fill the mirror, or take fallback: never out of the policy.',
    });
  }
}

/** What hosts.toml says of a registry leaves nobody that may be pushed to. */
export class NobodyToPushToError extends TsbuildError {
  readonly code = 'E_NOBODY_TO_PUSH_TO';

  constructor(domain: string) {
    super(`push to ${domain}: no host of its hosts.toml has the capability push`, {
      hint: 'Give one of them capabilities = ["pull", "resolve", "push"].',
    });
  }
}
