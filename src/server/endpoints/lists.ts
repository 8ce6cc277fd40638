/** end-1 version check, end-8 tags, end-12 referrers of OCI distribution-spec v1.1.1, and the catalog. */
import {isDigest} from '../../oci/digest.js';
import {MediaType} from '../../oci/media-type.js';
import {answerJSON, type Exchange} from '../exchange.js';
import {digestInvalid, nameUnknown, Refusal} from '../refusal.js';

export const versionCheck = (exchange: Exchange): void => answerJSON(exchange, {});

export async function listTags(exchange: Exchange): Promise<void> {
  const {service, name} = exchange;
  const held = service.storage.repositories.find(name)?.tags.keys();
  const tags = (await service.pullThrough?.tags(name)) ?? held;
  if (tags === undefined) throw nameUnknown(name);
  const {page, headers} = paged(exchange, [...tags].sort(lexically));
  answerJSON(exchange, {name, tags: page}, headers);
}

export function listRepositories(exchange: Exchange): void {
  const {page, headers} = paged(exchange, exchange.service.storage.repositories.names());
  answerJSON(exchange, {repositories: page}, headers);
}

/** Also of what is not here: empty. */
export async function listReferrers(exchange: Exchange): Promise<void> {
  const {service, name, target, query} = exchange;
  if (!isDigest(target)) throw digestInvalid(target);
  const upstream = await service.pullThrough?.referrers(name, target);
  const all = upstream ?? (await service.storage.repositories.find(name)?.referrers(target)) ?? [];
  const artifactType = query.get('artifactType');
  const manifests = artifactType ? all.filter((each) => each.artifactType === artifactType) : all;
  answerJSON(
    exchange,
    {schemaVersion: 2, mediaType: MediaType.index, manifests},
    {
      'Content-Type': MediaType.index,
      ...(artifactType ? {'OCI-Filters-Applied': 'artifactType'} : {}),
    },
  );
}

/** `n` entries after `last`, which need not exist, and where the next begin. */
function paged({request, query}: Exchange, sorted: readonly string[]) {
  const last = query.get('last');
  const rest = last ? sorted.filter((entry) => lexically(entry, last) > 0) : sorted;
  const n = query.get('n');
  if (n === null) return {page: rest, headers: {}};
  if (!/^\d{1,9}$/.test(n)) throw new Refusal([400, 'UNSUPPORTED'], 'n: want a whole number');
  const page = rest.slice(0, Number(n));
  const final = page.at(-1);
  if (final === undefined || page.length === rest.length) return {page, headers: {}};
  const [path] = (request.url ?? '').split('?');
  return {page, headers: {Link: `<${path}?${new URLSearchParams({n, last: final})}>; rel="next"`}};
}

/** "Lexical (i.e. case-insensitive alphanumeric order)": OCI distribution-spec v1.1.1 § Listing Tags. */
function lexically(left: string, right: string): number {
  return compare(left.toLowerCase(), right.toLowerCase()) || compare(left, right);
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
