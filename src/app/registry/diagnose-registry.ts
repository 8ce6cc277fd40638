/**
 * `registry doctor`: which decisions lead from a reference to the places that are asked, and what each of them answers.
 *
 * Secrets are in none of it: of a credential it says where it was found, of what kind it is and whose.
 */
import {existsSync} from 'node:fs';
import {TsbuildError} from '../../base/error.js';
import type {Digest} from '../../oci/digest.js';
import {familiarReference, parseReference, type Reference} from '../../oci/reference.js';
import type {Connection} from '../../registry/client/connection.js';
import {resolveManifest} from '../../registry/client/manifests.js';
import type {RegistryNotice} from '../../registry/client/registry-client.js';
import {tryUpload} from '../../registry/client/try-upload.js';
import {certificateFiles} from '../../registry/config/certificates.js';
import type {Endpoint, Purpose} from '../../registry/config/endpoints.js';
import type {RegistrySettings} from '../../registry/config/settings.js';
import {openRegistries, type Registries, type RegistryAccess} from './open-registries.js';

export interface RegistryDiagnosisRequest extends RegistryAccess {
  readonly reference: string;
  readonly purpose: Purpose;
  readonly signal?: AbortSignal;
}

export interface RegistryDiagnosis {
  readonly reference: string;
  readonly purpose: Purpose;
  readonly files: readonly ConsultedFile[];
  /** In the order they are asked. */
  readonly endpoints: readonly EndpointDiagnosis[];
  /** The policy that keeps the registry itself out, if one does. */
  readonly forbiddenBy: string | undefined;
  readonly warnings: readonly string[];
  /** Whether a pull, or a push, would find a place that serves it. */
  readonly works: boolean;
}

interface ConsultedFile {
  readonly path: string;
  readonly found: boolean;
  /** What it is asked for. */
  readonly says: string;
}

export interface EndpointDiagnosis {
  readonly role: Endpoint['role'];
  /** Scheme and host as they turned out, or as far as it came. */
  readonly place: string;
  /** The decisions, a line each. */
  readonly trail: readonly string[];
  readonly probe: Probe;
  /** What was asked on the way: `GET http://10.24.2.30:5000/v2/ 401`. */
  readonly exchanges: readonly string[];
}

type Probe =
  | {readonly ok: true; readonly digest?: Digest; readonly milliseconds: number}
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly hint: string | undefined;
      readonly milliseconds: number;
    };

/** Throws InvalidReferenceError, ConfigFileError, UnreadableConfigError; what an endpoint does is part of the diagnosis. */
export async function diagnoseRegistry(
  request: RegistryDiagnosisRequest,
): Promise<RegistryDiagnosis> {
  const {purpose, signal} = request;
  const reference = parseReference(request.reference);
  const heard = new Heard();
  using registries = openRegistries(
    {...request, attempts: 1},
    {onNotice: (notice) => heard.on(notice), signal},
  );
  const {settings} = registries;
  const route = await registries.route(reference.domain, purpose);
  const endpoints: EndpointDiagnosis[] = [];
  for (const endpoint of route.endpoints) {
    signal?.throwIfAborted();
    const trail = [
      ...endpoint.trail,
      ...certificateTrail(endpoint, settings),
      await credentialTrail(endpoint, settings),
    ];
    const {place, probe} = await probed(registries, endpoint, {reference, purpose, signal});
    endpoints.push({role: endpoint.role, place, trail, probe, exchanges: heard.takeExchanges()});
  }
  return {
    reference: familiarReference(reference),
    purpose,
    files: consulted(settings),
    endpoints,
    forbiddenBy: route.upstreamForbidden ? settings.policy.path : undefined,
    warnings: heard.warnings,
    works: endpoints.some(({probe}) => probe.ok),
  };
}

class Heard {
  readonly warnings: string[] = [];
  #exchanges: string[] = [];

  on(notice: RegistryNotice): void {
    if (notice.kind === 'warning') this.warnings.push(notice.warning);
    if (notice.kind !== 'exchange') return;
    const {method, url, outcome} = notice.exchange;
    const result = typeof outcome === 'number' ? outcome : outcome.failure;
    // A token server's query says who asks.
    this.#exchanges.push(`${method} ${url.origin}${url.pathname} ${result}`);
  }

  takeExchanges(): readonly string[] {
    return this.#exchanges.splice(0);
  }
}

function consulted({daemon, policy, credentials}: RegistrySettings): readonly ConsultedFile[] {
  const {path = 'daemon.json'} = daemon;
  return [
    {path, found: daemon.path !== undefined, says: 'mirrors of docker.io, insecure registries'},
    {
      path: policy.path ?? 'registries.json',
      found: policy.path !== undefined,
      says: 'mirrors of any registry, fallback',
    },
    {path: credentials.path, found: existsSync(credentials.path), says: 'credentials'},
  ];
}

function certificateTrail(
  {host, verify}: Endpoint,
  {certificates}: RegistrySettings,
): readonly string[] {
  if (!verify) return [];
  return certificateFiles(host, certificates).map((path) => `certificate ${path}`);
}

async function credentialTrail(
  {credential: entry}: Endpoint,
  {credentials}: RegistrySettings,
): Promise<string> {
  try {
    const found = await credentials.find(entry);
    if (found === undefined) return `no credential for ${entry}: asked as nobody`;
    const {credential, source} = found;
    const whose = credential.kind === 'password' ? ` of ${credential.username}` : '';
    const kind = {password: 'password', identity: 'identity token', registry: 'registry token'};
    return `${kind[credential.kind]}${whose} for ${entry}, from ${source}`;
  } catch (error) {
    if (!(error instanceof TsbuildError)) throw error;
    return `no credential for ${entry}: ${error.message}`;
  }
}

interface ProbeOptions {
  readonly reference: Reference;
  readonly purpose: Purpose;
  readonly signal: AbortSignal | undefined;
}

async function probed(
  registries: Registries,
  endpoint: Endpoint,
  options: ProbeOptions,
): Promise<{place: string; probe: Probe}> {
  const start = performance.now();
  const since = (): number => Math.round(performance.now() - start);
  let place = `${endpoint.schemes[0]}://${endpoint.host}${endpoint.prefix}`;
  try {
    const connection = registries.connect(endpoint);
    const asked = ask(connection, options).finally(() => {
      place = connection.place;
    });
    const digest = await asked;
    return {place, probe: {ok: true, ...(digest && {digest}), milliseconds: since()}};
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof TsbuildError)) throw error;
    const {code, message, hint} = error;
    return {place, probe: {ok: false, code, message, hint, milliseconds: since()}};
  }
}

/** What the reference points to; for a push an upload is begun and cancelled. */
async function ask(
  connection: Connection,
  {reference, purpose, signal}: ProbeOptions,
): Promise<Digest | undefined> {
  const {path, digest, tag = 'latest'} = reference;
  const what = `${purpose} of ${familiarReference(reference)}`;
  if (purpose === 'push') {
    await tryUpload(connection, {path, what, signal});
    return undefined;
  }
  const query = {path, reference: digest ?? tag, what, signal};
  return (await resolveManifest(connection, query)).target.digest;
}
