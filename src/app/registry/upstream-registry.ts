/** The registry behind a pull-through cache, spoken to as everything here speaks to registries, past mirrors: the cache may be one. */
import {TsbuildError} from '../../base/error.js';
import {readAll} from '../../content/read-all.js';
import type {Digest} from '../../oci/digest.js';
import {MANIFEST_LIMIT} from '../../oci/manifest.js';
import {isTag, type Reference} from '../../oci/reference.js';
import {tagsOf} from '../../registry/client/pages.js';
import {asPullError} from '../../registry/client/pull-error.js';
import {referrersOf} from '../../registry/client/referrers.js';
import type {RegistryClient} from '../../registry/client/registry-client.js';
import {pullScope} from '../../registry/client/scopes.js';
import {DeniedError, ManifestUnknownError, PullAccessDeniedError} from '../../registry/errors.js';
import type {Upstream} from '../../server/pull-through/upstream.js';

/** `domain` as it stands in references: `docker.io`. */
export function upstreamRegistry(domain: string, client: RegistryClient): Upstream {
  const named = (path: string, reference = 'latest'): Reference =>
    isTag(reference) ? {domain, path, tag: reference} : {domain, path, digest: reference as Digest};
  const registry = () => client.registry({domain});
  const what = `listing of ${domain}`;
  return {
    domain,
    resolve: (path, reference) =>
      unlessAbsent(named(path), async () => {
        const source = await client.pullingFromRegistry(named(path, reference));
        return (await source.resolve()).target;
      }),
    async manifest(path, target) {
      const source = await client.pullingFromRegistry(named(path));
      return readAll(source, target, MANIFEST_LIMIT);
    },
    blobSize: (path, digest) =>
      unlessAbsent(named(path), async () => {
        const {headers} = await (await registry()).ask({
          method: 'HEAD',
          target: `${path}/blobs/${digest}`,
          scopes: [pullScope(path)],
          what: `download of ${digest.slice(0, 19)}`,
        });
        return Number(headers.get('content-length') ?? Number.NaN);
      }),
    async *blob(path, target) {
      const source = await client.pullingFromRegistry(named(path));
      yield* source.fetch({mediaType: 'application/octet-stream', ...target});
    },
    tags: (path) =>
      unlessAbsent(named(path), async () => {
        const tags: string[] = [];
        for await (const tag of tagsOf(await registry(), {path, what})) tags.push(tag);
        return tags;
      }),
    referrers: (path, subject) =>
      unlessAbsent(named(path), async () => referrersOf(await registry(), {path, subject, what})),
  };
}

/** What a registry has not, or does not show to us, is undefined. */
async function unlessAbsent<Out>(
  reference: Reference,
  ask: () => Promise<Out>,
): Promise<Out | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof TsbuildError)) throw error;
    const failure = asPullError(error, reference);
    const absent = [ManifestUnknownError, PullAccessDeniedError, DeniedError];
    if (absent.some((each) => failure instanceof each)) return undefined;
    throw error;
  }
}
