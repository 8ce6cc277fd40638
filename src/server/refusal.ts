/**
 * A request that is answered with an error of the distribution spec: the only way a handler says no.
 *
 * Source  OCI distribution-spec v1.1.1 § Error Codes.
 */
import type {OutgoingHttpHeaders} from 'node:http';
import type {Digest} from '../oci/digest.js';
import type {DistributionProblem} from '../oci/distribution-error.js';

interface Details {
  readonly headers?: OutgoingHttpHeaders;
  readonly detail?: unknown;
}

export class Refusal extends Error {
  readonly status: number;
  readonly code: DistributionProblem['code'];
  readonly headers: OutgoingHttpHeaders;
  readonly detail: unknown;

  constructor(
    kind: readonly [number, DistributionProblem['code']],
    message: string,
    more: Details = {},
  ) {
    super(message);
    [this.status, this.code] = kind;
    this.headers = more.headers ?? {};
    this.detail = more.detail;
  }
}

export const nameInvalid = (name: string): Refusal =>
  new Refusal([400, 'NAME_INVALID'], 'invalid repository name', {detail: {name: shortened(name)}});

export const nameUnknown = (name: string): Refusal =>
  new Refusal([404, 'NAME_UNKNOWN'], 'repository name not known to registry', {detail: {name}});

export const digestInvalid = (got: string, message = 'want sha256 and 64 hexadecimal digits') =>
  new Refusal([400, 'DIGEST_INVALID'], message, {detail: {digest: shortened(got)}});

export const blobUnknown = (digest: Digest): Refusal =>
  new Refusal([404, 'BLOB_UNKNOWN'], 'blob unknown to registry', {detail: {digest}});

export const uploadUnknown = (): Refusal =>
  new Refusal([404, 'BLOB_UPLOAD_UNKNOWN'], 'blob upload unknown to registry');

export const manifestUnknown = (reference: string): Refusal =>
  new Refusal([404, 'MANIFEST_UNKNOWN'], 'manifest unknown to registry', {
    detail: {reference: shortened(reference)},
  });

export const manifestInvalid = (message: string): Refusal =>
  new Refusal([400, 'MANIFEST_INVALID'], message);

export const sizeInvalid = (message: string): Refusal =>
  new Refusal([400, 'SIZE_INVALID'], message);

export const tooLarge = (limit: number): Refusal =>
  new Refusal([413, 'SIZE_INVALID'], `want at most ${limit} bytes, got more`);

export const unsupported = (): Refusal =>
  new Refusal([405, 'UNSUPPORTED'], 'this registry is read-only');

/** What another manifest here needs is not deleted. */
export const inUse = (digest: Digest, user: Digest): Refusal =>
  new Refusal([405, 'DENIED'], `${digest} is part of ${user}`, {detail: {digest, user}});

const shortened = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
