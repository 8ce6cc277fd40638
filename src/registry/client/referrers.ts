/**
 * What is about a manifest: signatures, attestations, SBOMs. By the registry's API, else by the tag that stands in for it.
 *
 * Source  OCI distribution-spec v1.1.1 § Listing Referrers.
 */
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {InvalidDocumentError} from '../../oci/errors.js';
import {parseImageIndex} from '../../oci/image-index.js';
import {BadAnswerError, RegistryStatusError} from '../errors.js';
import type {Connection} from './connection.js';
import {pages} from './pages.js';
import {readReferrersTag} from './referrers-tag.js';
import {pullScope} from './scopes.js';

export interface ReferrersQuery {
  /** Repository's path. */
  readonly path: string;
  readonly subject: Digest;
  /** Only of this type. */
  readonly artifactType?: string | undefined;
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

/** Statuses of a registry that has no such API. */
const NO_API = [400, 404, 405, 501];

/** In the registry's order; none when nothing is about it. Throws BadAnswerError, and what Connection.send throws. */
export async function referrersOf(
  connection: Connection,
  query: ReferrersQuery,
): Promise<readonly Descriptor[]> {
  const all = (await byAPI(connection, query)) ?? (await byTag(connection, query));
  const {artifactType} = query;
  // A registry may give all of them whatever was asked for.
  return all.filter((each) => artifactType === undefined || each.artifactType === artifactType);
}

async function byAPI(
  connection: Connection,
  {path, subject, artifactType, what, signal}: ReferrersQuery,
): Promise<readonly Descriptor[] | undefined> {
  const filter = artifactType ? `?${new URLSearchParams({artifactType})}` : '';
  const target = `${path}/referrers/${subject}${filter}`;
  const found: Descriptor[] = [];
  try {
    for await (const data of pages(connection, {
      target,
      scopes: [pullScope(path)],
      what,
      signal,
    })) {
      found.push(...manifestsIn(data, connection));
    }
  } catch (error) {
    const without = error instanceof RegistryStatusError && NO_API.includes(error.refusal.status);
    if (!without || found.length > 0) throw error;
    return undefined;
  }
  return found;
}

const byTag = async (
  connection: Connection,
  {path, subject, what, signal}: ReferrersQuery,
): Promise<readonly Descriptor[]> => {
  const repository = {connection, path, scopes: [pullScope(path)], what, signal};
  return (await readReferrersTag(repository, {digest: subject})).manifests;
};

function manifestsIn(data: Buffer, {place}: Connection): readonly Descriptor[] {
  try {
    return parseImageIndex(data, data.byteLength).manifests;
  } catch (cause) {
    if (!(cause instanceof InvalidDocumentError)) throw cause;
    throw new BadAnswerError(place, 'want an index of referrers, got something else', cause);
  }
}
