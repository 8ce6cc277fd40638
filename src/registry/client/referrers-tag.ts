/**
 * Referrers where a registry has no API for them: an index under the tag `sha256-<hex>`.
 *
 * Source  OCI distribution-spec v1.1.1 § Unavailable Referrers API.
 */
import type {Descriptor} from '../../oci/descriptor.js';
import {type ImageIndex, parseImageIndex, serializeImageIndex} from '../../oci/image-index.js';
import {parseManifest} from '../../oci/manifest.js';
import {isIndex, MediaType} from '../../oci/media-type.js';
import {RegistryStatusError} from '../errors.js';
import type {Connection} from './connection.js';
import {getManifest} from './manifests.js';

export interface RepositoryAt {
  readonly connection: Connection;
  readonly path: string;
  readonly scopes: readonly string[];
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

interface Referrer {
  readonly referrer: Descriptor;
  /** The referrer's bytes. */
  readonly data: Buffer;
  readonly subject: Descriptor;
}

/** What a manifest or index is about. */
export const subjectOf = (data: Buffer): Descriptor | undefined => documentOf(data).subject;

type Subject = Pick<Descriptor, 'digest'>;

const referrersTag = ({digest}: Subject): string => digest.replace(':', '-');

/** Adds the referrer to the index of its subject, unless it is there. */
export async function keepReferrer(
  repository: RepositoryAt,
  {referrer, data, subject}: Referrer,
): Promise<void> {
  const before = await readReferrersTag(repository, subject);
  if (before.manifests.some(({digest}) => digest === referrer.digest)) return;
  const entry = {...referrer, ...describing(data)};
  const index = {...before, manifests: [...before.manifests, entry]};
  const {connection, path, ...common} = repository;
  await connection.ask({
    ...common,
    method: 'PUT',
    target: `${path}/manifests/${referrersTag(subject)}`,
    headers: {'content-type': MediaType.index},
    body: serializeImageIndex(index),
    accept: [200, 201, 202],
  });
}

/** An empty index when there is no such tag. */
export async function readReferrersTag(
  {connection, path, what, signal}: RepositoryAt,
  subject: Subject,
): Promise<ImageIndex> {
  try {
    const query = {path, reference: referrersTag(subject), what, signal};
    return parseImageIndex((await getManifest(connection, query)).data);
  } catch (error) {
    const missing = error instanceof RegistryStatusError && error.refusal.status === 404;
    if (!missing) throw error;
    return {schemaVersion: 2, mediaType: MediaType.index, manifests: []};
  }
}

/** What the index says of a referrer besides its descriptor. */
function describing(data: Buffer): Partial<Descriptor> {
  const document = documentOf(data);
  const type =
    document.artifactType ?? ('config' in document ? document.config.mediaType : undefined);
  return {
    ...(type === undefined ? {} : {artifactType: type}),
    ...(document.annotations === undefined ? {} : {annotations: document.annotations}),
  };
}

function documentOf(data: Buffer) {
  const {mediaType = '', manifests} = JSON.parse(data.toString()) as {
    mediaType?: string;
    manifests?: unknown;
  };
  return isIndex(mediaType) || manifests !== undefined
    ? parseImageIndex(data)
    : parseManifest(data);
}
