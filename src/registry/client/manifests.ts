/**
 * From a tag or digest to what it names at one endpoint, and documents by their digest.
 *
 * HEAD first, which costs nothing of a pull limit; GET where its answer does not say enough. A digest is taken from bytes and
 * headers, and believed where they agree.
 * Source  OCI distribution-spec v1.1.1 § Pulling manifests.
 */
import {readBody} from '../../http/body.js';
import type {HttpResponse} from '../../http/http-client.js';
import type {RetryPolicy} from '../../http/retry.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {digestOf, isDigest} from '../../oci/digest.js';
import {MANIFEST_LIMIT} from '../../oci/manifest.js';
import {isIndex, isManifest, MediaType} from '../../oci/media-type.js';
import {BadAnswerError, NotAnImageError} from '../errors.js';
import type {Connection} from './connection.js';
import {pullScope} from './scopes.js';

/** A manifest somebody asks for, and how it is told in messages. */
export interface ManifestQuery {
  /** Repository's path at the endpoint. */
  readonly path: string;
  /** Tag or digest. */
  readonly reference: string;
  readonly what: string;
  /** The connection's unless said. */
  readonly retry?: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
}

export interface ManifestAnswer {
  readonly target: Descriptor;
  /** The bytes, when they had to be read. */
  readonly data?: Buffer;
  readonly headers: HttpResponse['headers'];
}

const ACCEPT = [
  MediaType.index,
  MediaType.manifest,
  MediaType.dockerIndex,
  MediaType.dockerManifest,
  '*/*;q=0.1',
].join(', ');

/** Throws BadAnswerError, NotAnImageError, and what Connection.send throws. */
export async function resolveManifest(
  connection: Connection,
  query: ManifestQuery,
): Promise<ManifestAnswer> {
  const {status, headers} = await connection.ask(requestOf(query, 'HEAD'));
  const described = status === 200 ? describedBy(headers, query.reference) : undefined;
  return described === undefined ? getManifest(connection, query) : {target: described, headers};
}

/** The document, whole. Throws as `resolveManifest`. */
export async function getManifest(
  connection: Connection,
  query: ManifestQuery,
): Promise<Required<ManifestAnswer>> {
  const {reference} = query;
  const {body, headers} = await connection.send(requestOf(query, 'GET'));
  const data = await readBody(body, {limit: MANIFEST_LIMIT, what: `manifest ${reference}`});
  const digest = digestOf(data);
  for (const want of [headers.get('docker-content-digest'), reference]) {
    if (want !== null && isDigest(want) && want !== digest) {
      throw new BadAnswerError(connection.place, `want manifest ${want}, got ${digest}`);
    }
  }
  const document = parsed(data);
  if (document === undefined) {
    const got = typeOf(headers) ?? 'no type';
    throw new BadAnswerError(connection.place, `want manifest ${reference} in JSON, got ${got}`);
  }
  const within = typeWithin(document);
  const mediaType = [typeOf(headers), within].find(isDocument);
  if (mediaType !== undefined) {
    return {target: {mediaType, digest, size: data.byteLength}, data, headers};
  }
  const got = within ?? typeOf(headers) ?? 'no type';
  throw new NotAnImageError(reference, connection.place, got);
}

function requestOf({path, reference, ...rest}: ManifestQuery, method: 'HEAD' | 'GET') {
  return {
    method,
    target: `${path}/manifests/${reference}`,
    scopes: [pullScope(path)],
    headers: {accept: ACCEPT},
    // Some registries have no HEAD; what a refusal means is in the body of a GET.
    ...(method === 'HEAD' ? {accept: [200, 400, 401, 403, 404, 405, 501]} : {}),
    ...rest,
  };
}

/** What a HEAD tells, when it tells all of it. */
function describedBy(headers: HttpResponse['headers'], reference: string): Descriptor | undefined {
  const digest = headers.get('docker-content-digest') ?? '';
  const mediaType = typeOf(headers);
  const size = Number(headers.get('content-length') ?? Number.NaN);
  if (!isDigest(digest) || !isDocument(mediaType)) return undefined;
  if (!Number.isSafeInteger(size) || size <= 0) return undefined;
  if (isDigest(reference) && reference !== digest) return undefined;
  return {mediaType, digest, size};
}

const typeOf = (headers: HttpResponse['headers']): string | undefined =>
  headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() || undefined;

/** Undefined for what is no JSON: the page of a server that is no registry, whose next endpoint may be one. */
function parsed(data: Buffer): {readonly document: unknown} | undefined {
  try {
    return {document: JSON.parse(data.toString())};
  } catch {
    return undefined;
  }
}

/** What a document says of itself: some servers give all JSON one type. */
function typeWithin({document}: {readonly document: unknown}): string | undefined {
  const {mediaType} = (document ?? {}) as {mediaType?: unknown};
  return typeof mediaType === 'string' ? mediaType : undefined;
}

const isDocument = (mediaType: string | undefined): mediaType is string =>
  mediaType !== undefined && (isIndex(mediaType) || isManifest(mediaType));
