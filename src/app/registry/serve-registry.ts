/** `registry serve`, and the library's way to a registry of one's own. */
import type {Authority} from '../../server/auth/authority.js';
import {Htpasswd} from '../../server/auth/htpasswd.js';
import {PasswordAuthority} from '../../server/auth/password-authority.js';
import {TokenAuthority, type TokenOptions} from '../../server/auth/token-authority.js';
import type {RequestRecord} from '../../server/exchange.js';
import {Faults} from '../../server/faults/faults.js';
import {HOUSEKEEPING, Housekeeping, type HousekeepingOptions} from '../../server/housekeeping.js';
import {type ListenOptions, RegistryServer} from '../../server/registry-server.js';
import type {Collected} from '../../server/storage/collect-garbage.js';
import {RegistryStorage} from '../../server/storage/registry-storage.js';
import type {TLSFiles} from '../../server/tls-files.js';
import {InvalidOptionError} from '../errors.js';
import {openPullThrough} from './open-pull-through.js';
import {temporaryRegistryRoot} from './temporary-registry-root.js';

export interface RegistryRequest extends Partial<ListenOptions> {
  /** Directory that keeps the images; without it they are gone when the registry is closed. */
  readonly data?: string;
  /** Plain http without it. */
  readonly tls?: TLSFiles;
  /** File of users who may do everything, as `htpasswd -B` writes it. Without it, and without `token`, anybody may. */
  readonly htpasswd?: string;
  /** A token server whose tokens decide. */
  readonly token?: Omit<TokenOptions, 'anonymousRead'>;
  /** Everybody may pull; of use beside `htpasswd` or `token`. */
  readonly anonymousRead?: boolean;
  /** Nothing is pushed or deleted. */
  readonly readOnly?: boolean;
  /** Bytes of the largest blob; any by default. */
  readonly blobLimit?: number;
  /** Accept an index though not all its manifests were pushed. */
  readonly sparseIndexes?: boolean;
  /** By default every hour what nobody asked for within an hour, and uploads that were left for a week. */
  readonly garbage?: Partial<HousekeepingOptions>;
  /**
   * A registry, as it stands in references (`docker.io`), to fetch from and keep what is asked for and not here. Nothing is pushed
   * or deleted then.
   */
  readonly upstream?: string;
  /** A daemon.json to reach the upstream by, in place of the user's and the machine's. */
  readonly daemonJSON?: string;
  /** Failures on purpose, to test clients with: `GET blobs: cut 100kB, 2 times` (src/server/faults/parse-fault.ts). */
  readonly faults?: readonly string[];
  readonly onRequest?: (record: RequestRecord) => void;
  /** Hears of what went wrong inside: internal errors, collections that failed. */
  readonly onProblem?: (problem: unknown) => void;
}

export type {RequestRecord};

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
  /** Reads users, keys, certificates and the way to the upstream again. Throws when one cannot be used, and goes on with what it had. */
  reload(): void;
  /** Takes no more requests, waits for those that run, and lets go of the directory. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Serves a registry in this process, by default on a free port of 127.0.0.1.
 *
 * Throws RegistryInUseError, RegistryUnusableError, HtpasswdError, TokenKeysError, CertificateError, ConfigFileError; the system's
 * own error when it cannot listen there.
 */
export async function serveRegistry(request: RegistryRequest = {}): Promise<Registry> {
  const opened: AsyncDisposable[] = [];
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    return {...(await start(request, opened)), close, [Symbol.asyncDispose]: close};
  } catch (error) {
    await close();
    throw error;
  }
}

/** What it opens goes to `opened`, in that order. */
async function start(
  request: RegistryRequest,
  opened: AsyncDisposable[],
): Promise<Omit<Registry, 'close' | keyof AsyncDisposable>> {
  const open = <Part extends AsyncDisposable>(part: Part): Part => {
    opened.push(part);
    return part;
  };
  const {onProblem = () => undefined, blobLimit, tls} = request;
  const authority = authorityOf(request);
  const data = request.data ?? open(temporaryRegistryRoot()).path;
  const limit = blobLimit === undefined ? {} : {blobLimit};
  const storage = open(RegistryStorage.open({root: data, ...limit}));
  const garbage = {...HOUSEKEEPING, ...request.garbage};
  const keeping = open(new Housekeeping(storage, garbage, onProblem));
  const {readOnly = false, sparseIndexes = false, upstream, daemonJSON} = request;
  const cached =
    upstream === undefined
      ? undefined
      : open(openPullThrough({upstream, onProblem, ...(daemonJSON && {daemonJSON})}, storage));
  const service = {
    storage,
    readOnly: readOnly || cached !== undefined,
    sparseIndexes,
    ...(cached === undefined ? {} : {pullThrough: cached.pullThrough}),
    faults: new Faults(request.faults ?? []),
    onProblem,
    ...(authority === undefined ? {} : {authority}),
    ...(request.onRequest === undefined ? {} : {onRequest: request.onRequest}),
  };
  const server = open(new RegistryServer(service, tls));
  await server.listen({host: request.host ?? '127.0.0.1', port: request.port ?? 0});
  const reload = (): void => {
    authority?.reload();
    server.reload();
    cached?.reload();
  };
  const {address, url} = server;
  return {address, url, data, collectGarbage: () => keeping.collect(), reload};
}

function authorityOf(request: RegistryRequest): Authority | undefined {
  const {htpasswd, token, anonymousRead = false} = request;
  if (htpasswd !== undefined && token !== undefined) {
    throw new InvalidOptionError('htpasswd', 'want users or a token server, got both');
  }
  if (htpasswd !== undefined) return new PasswordAuthority(new Htpasswd(htpasswd), {anonymousRead});
  return token === undefined ? undefined : new TokenAuthority({...token, anonymousRead});
}
