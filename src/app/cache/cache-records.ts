/** Results of the cache, by what people type. */
import type {CacheRecord} from '../../cache/cache-record.js';
import type {ResultCache} from '../../cache/result-cache.js';

/** By its key, or the first digits of one that fits no other; at least six. */
export function findRecord(query: string, cache: ResultCache): CacheRecord | undefined {
  const digits = query.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{6,64}$/.test(digits)) return undefined;
  const [only, ...others] = cache.keys().filter((key) => key.startsWith(`sha256:${digits}`));
  return only && others.length === 0 ? cache.find(only) : undefined;
}
