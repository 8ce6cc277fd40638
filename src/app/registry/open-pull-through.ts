/** A registry's cache of another one, for as long as the registry is served. */
import {PullThrough} from '../../server/pull-through/pull-through.js';
import type {Upstream} from '../../server/pull-through/upstream.js';
import type {RegistryStorage} from '../../server/storage/registry-storage.js';
import {domainOf} from './domain-of.js';
import {openRegistries, type Registries} from './open-registries.js';
import {upstreamRegistry} from './upstream-registry.js';

export interface PullThroughRequest {
  /** The other registry, as it stands in references. */
  readonly upstream: string;
  readonly daemonJSON?: string;
  readonly onProblem: (problem: unknown) => void;
}

export interface OpenPullThrough extends AsyncDisposable {
  readonly pullThrough: PullThrough;
  /** Reads the configuration of registries again. Throws as opening does, and goes on with what there was. */
  reload(): void;
}

/** Throws ConfigFileError, UnreadableConfigError, CertificateFolderError. Its end breaks off what is being fetched. */
export function openPullThrough(
  {upstream, daemonJSON, onProblem}: PullThroughRequest,
  storage: RegistryStorage,
): OpenPullThrough {
  const ending = new AbortController();
  const {signal} = ending;
  const domain = domainOf(upstream);
  /** All that were: what one of them began may not be over. */
  const opened: Registries[] = [];
  const open = (): Upstream => {
    const registries = openRegistries(daemonJSON === undefined ? {} : {daemonJSON}, {signal});
    opened.push(registries);
    registries.settings.hosts(domain);
    return upstreamRegistry(domain, registries);
  };
  const tell = (problem: unknown): void => {
    if (!signal.aborted) onProblem(problem);
  };
  const pullThrough = new PullThrough(storage, open(), {onProblem: tell});
  return {
    pullThrough,
    reload: () => pullThrough.goThrough(open()),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await pullThrough.settled();
      for (const registries of opened) registries[Symbol.dispose]();
    },
  };
}
