/** A registry's cache of another one, for as long as the registry is served. */
import {PullThrough} from '../../server/pull-through/pull-through.js';
import type {RegistryStorage} from '../../server/storage/registry-storage.js';
import {domainOf} from './domain-of.js';
import {openRegistries} from './open-registries.js';
import {upstreamRegistry} from './upstream-registry.js';

export interface PullThroughRequest {
  /** The other registry, as it stands in references. */
  readonly upstream: string;
  readonly daemonJSON?: string;
  readonly onProblem: (problem: unknown) => void;
}

export interface OpenPullThrough extends AsyncDisposable {
  readonly pullThrough: PullThrough;
}

/** Throws ConfigFileError, UnreadableConfigError. Its end breaks off what is being fetched. */
export function openPullThrough(
  {upstream, daemonJSON, onProblem}: PullThroughRequest,
  storage: RegistryStorage,
): OpenPullThrough {
  const ending = new AbortController();
  const {signal} = ending;
  const registries = openRegistries(daemonJSON === undefined ? {} : {daemonJSON}, {signal});
  const from = upstreamRegistry(domainOf(upstream), registries);
  const tell = (problem: unknown): void => {
    if (!signal.aborted) onProblem(problem);
  };
  const pullThrough = new PullThrough(storage, from, {onProblem: tell});
  return {
    pullThrough,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await pullThrough.settled();
      registries[Symbol.dispose]();
    },
  };
}
