/** `registry serve`, and the library's way to a registry of one's own. */
import {HOUSEKEEPING, Housekeeping, type HousekeepingOptions} from '../server/housekeeping.js';
import {type ListenOptions, RegistryServer} from '../server/registry-server.js';
import type {Collected} from '../server/storage/collect-garbage.js';
import {RegistryStorage} from '../server/storage/registry-storage.js';
import {temporaryRegistryRoot} from './temporary-registry-root.js';

export interface RegistryRequest extends Partial<ListenOptions> {
  /** Directory that keeps the images; without it they are gone when the registry is closed. */
  readonly data?: string;
  /** Bytes of the largest blob; any by default. */
  readonly blobLimit?: number;
  /** Accept an index though not all its manifests were pushed. */
  readonly sparseIndexes?: boolean;
  /** By default every hour what nobody asked for within an hour, and uploads that were left for a week. */
  readonly garbage?: Partial<HousekeepingOptions>;
  /** Hears of what went wrong inside: internal errors, collections that failed. */
  readonly onProblem?: (problem: unknown) => void;
}

/** A registry that runs. */
export interface Registry extends AsyncDisposable {
  /** `127.0.0.1:5000`: what stands in front of a repository's name. */
  readonly address: string;
  /** `http://127.0.0.1:5000` */
  readonly url: string;
  /** The directory that keeps the images. */
  readonly data: string;
  /** Removes what no manifest needs, now. */
  collectGarbage(): Promise<Collected>;
  /** Takes no more requests, waits for those that run, and lets go of the directory. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Serves a registry in this process, by default on a free port of 127.0.0.1.
 *
 * Throws RegistryInUseError, RegistryUnusableError; the system's own error when it cannot listen there.
 */
export async function serveRegistry(request: RegistryRequest = {}): Promise<Registry> {
  const {host = '127.0.0.1', port = 0, sparseIndexes = false, blobLimit} = request;
  const {garbage, onProblem = () => undefined} = request;
  const opened: AsyncDisposable[] = [];
  const open = <Part extends AsyncDisposable>(part: Part): Part => {
    opened.push(part);
    return part;
  };
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    const data = request.data ?? open(temporaryRegistryRoot()).path;
    const limit = blobLimit === undefined ? {} : {blobLimit};
    const storage = open(RegistryStorage.open({root: data, ...limit}));
    const keeping = open(new Housekeeping(storage, {...HOUSEKEEPING, ...garbage}, onProblem));
    const server = open(new RegistryServer({storage, sparseIndexes, onProblem}));
    await server.listen({host, port});
    const {address, url} = server;
    const collect = () => keeping.collect();
    return {address, url, data, collectGarbage: collect, close, [Symbol.asyncDispose]: close};
  } catch (error) {
    await close();
    throw error;
  }
}
