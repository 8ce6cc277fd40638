/** end-3 pull, end-7 push, end-9 delete: OCI distribution-spec v1.1.1. */
import {type Descriptor, describe} from '../../oci/descriptor.js';
import {type Digest, isDigest} from '../../oci/digest.js';
import {InvalidDocumentError} from '../../oci/errors.js';
import {MANIFEST_LIMIT} from '../../oci/manifest.js';
import {isTag} from '../../oci/reference.js';
import {answer, type Exchange} from '../exchange.js';
import {
  digestInvalid,
  manifestInvalid,
  manifestUnknown,
  nameUnknown,
  tooLarge,
} from '../refusal.js';
import {type ManifestFacts, manifestFacts} from '../storage/manifest-facts.js';

export async function pullManifest(exchange: Exchange): Promise<void> {
  const {request, service, name, target: reference} = exchange;
  await service.pullThrough?.freshen(name, checked(reference));
  const repository = service.storage.repositories.find(name);
  const target = repository?.manifest(checked(reference));
  if (repository === undefined || target === undefined) throw manifestUnknown(reference);
  const {mediaType, digest, size} = target;
  const headers = {'Docker-Content-Digest': digest, ETag: `"${digest}"`};
  if (request.headers['if-none-match']?.includes(`"${digest}"`)) {
    answer(exchange, [304, headers]);
    return;
  }
  const whole = {...headers, 'Content-Type': mediaType, 'Content-Length': size};
  if (request.method === 'HEAD') answer(exchange, [200, whole]);
  else answer(exchange, [200, whole], repository.read(target));
}

export async function pushManifest(exchange: Exchange): Promise<void> {
  const {request, service, name, target: reference, query} = exchange;
  const tags = query.getAll('tag');
  for (const tag of [checked(reference), ...tags]) {
    if (!isDigest(tag) && !isTag(tag)) throw manifestInvalid(`not a tag: ${tag.slice(0, 200)}`);
  }
  const data = await document(exchange);
  const facts = read(data, request.headers['content-type']);
  const target = describe(facts.mediaType, data);
  await service.storage.repositories.open(name).put({target, data}, facts, {
    tags: [...namedBy(reference, target), ...tags],
    sparse: service.sparseIndexes,
  });
  const headers = {
    Location: `/v2/${name}/manifests/${target.digest}`,
    'Docker-Content-Digest': target.digest,
    ...(facts.subject === undefined ? {} : {'OCI-Subject': facts.subject}),
    ...(tags.length === 0 ? {} : {'OCI-Tag': tags}),
  };
  answer(exchange, [201, headers]);
}

/** By tag the tag alone, by digest the manifest and its tags. */
export async function deleteManifest(exchange: Exchange): Promise<void> {
  const {service, name, target: reference} = exchange;
  const repository = service.storage.repositories.find(name);
  if (repository === undefined) throw nameUnknown(name);
  if (isDigest(checked(reference))) await repository.remove(reference as Digest);
  else await repository.untag(reference);
  answer(exchange, [202, {}]);
}

function checked(reference: string): string {
  if (reference.includes(':') && !isDigest(reference)) throw digestInvalid(reference);
  return reference;
}

/** The tags a reference gives: itself, unless it is the digest, which must then be right. */
function namedBy(reference: string, {digest}: Descriptor): readonly string[] {
  if (!isDigest(reference)) return [reference];
  if (reference === digest) return [];
  throw digestInvalid(reference, `the manifest's digest is ${digest}`);
}

async function document(exchange: Exchange): Promise<Buffer> {
  const limit = MANIFEST_LIMIT;
  if (Number(exchange.request.headers['content-length']) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of exchange.body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function read(data: Buffer, contentType: string | undefined): ManifestFacts {
  try {
    return manifestFacts(data, contentType);
  } catch (error) {
    if (error instanceof InvalidDocumentError) throw manifestInvalid(error.message);
    throw error;
  }
}
