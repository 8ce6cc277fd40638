/**
 * From the host of a reference to the places that are asked, in order, each with how it is reached.
 *
 *   docker.io, to pull   its mirrors as they are written, then registry-1.docker.io
 *   any host, to pull    the mirrors a policy names for it, then the host, unless the policy says never
 *   to push              the host alone
 *
 * A mirror keeps its scheme. A host is asked over https with its certificate checked; one that is insecure over https
 * unchecked, then http, and certs.d is not read for it.
 * Source  moby daemon/pkg/registry/service_v2.go (lookupV2Endpoints), and its manual on mirrors and insecure registries.
 */
import {type InsecureRule, isHub, type LookUp} from './insecure-registries.js';
import type {MirrorURL} from './mirror-url.js';
import type {RegistrySettings} from './settings.js';

export type Purpose = 'pull' | 'push';

export interface Endpoint {
  readonly role: 'mirror' | 'registry';
  /** Host with port, as configured. */
  readonly host: string;
  /** Path before `/v2/`. */
  readonly prefix: string;
  /** In order; the next one only where the one before gives no TLS. */
  readonly schemes: readonly ('https' | 'http')[];
  readonly verify: boolean;
  /** Entry of config.json to show. */
  readonly credential: string;
  /** Why, a line for each decision: what `registry doctor` tells. */
  readonly trail: readonly string[];
}

export interface Route {
  /** None when a policy names no mirror and forbids the registry. */
  readonly endpoints: readonly Endpoint[];
  /** True when a policy keeps the registry itself out. */
  readonly upstreamForbidden: boolean;
}

export interface RouteQuery {
  /** Of a reference: `docker.io`, `10.24.2.30:5000`. */
  readonly domain: string;
  readonly purpose: Purpose;
}

const HUB_HOST = 'registry-1.docker.io';

export async function routeTo(
  {domain, purpose}: RouteQuery,
  settings: Pick<RegistrySettings, 'daemon' | 'policy'>,
  lookUp: LookUp,
): Promise<Route> {
  const rule = settings.policy.rules.get(domain.toLowerCase());
  const mirrors = purpose === 'push' ? [] : mirrorsOf(domain, settings);
  const upstreamForbidden = purpose === 'pull' && rule?.fallback === 'never';
  const insecure = (host: string) => settings.daemon.insecure.ruleFor(host, lookUp);
  const asked = await Promise.all(
    mirrors.map(async (each) => mirrorEndpoint(each, await insecure(each.mirror.host))),
  );
  const own = upstreamForbidden ? [] : [registryEndpoint(domain, await insecure(domain), purpose)];
  return {endpoints: [...asked, ...own], upstreamForbidden};
}

interface ConfiguredMirror {
  readonly mirror: MirrorURL;
  readonly credential: string;
  readonly source: string;
}

function mirrorsOf(
  domain: string,
  {daemon, policy}: Pick<RegistrySettings, 'daemon' | 'policy'>,
): readonly ConfiguredMirror[] {
  const named = policy.rules.get(domain.toLowerCase())?.mirrors ?? [];
  const ofPolicy = named.map((each) => ({
    ...each,
    source: `mirror of ${domain} in ${policy.path}`,
  }));
  const ofHub = isHub(domain)
    ? daemon.mirrors.map((mirror) => ({
        mirror,
        credential: mirror.host,
        source: `registry-mirrors of ${daemon.path}, for docker.io alone`,
      }))
    : [];
  return [...ofPolicy, ...ofHub];
}

function mirrorEndpoint(
  {mirror, credential, source}: ConfiguredMirror,
  insecure: InsecureRule | undefined,
): Endpoint {
  const {scheme, host, prefix} = mirror;
  const plain = scheme === 'http';
  const verify = !plain && insecure === undefined;
  return {
    role: 'mirror',
    host,
    prefix,
    schemes: [scheme],
    verify,
    credential,
    trail: [source, plain ? 'http, as it is written' : securityTrail(host, insecure)],
  };
}

function registryEndpoint(
  domain: string,
  insecure: InsecureRule | undefined,
  purpose: Purpose,
): Endpoint {
  const host = isHub(domain) ? HUB_HOST : domain.toLowerCase();
  const why =
    purpose === 'push' ? 'the registry itself: mirrors are never pushed to' : 'the registry itself';
  return {
    role: 'registry',
    host,
    prefix: '',
    schemes: insecure === undefined ? ['https'] : ['https', 'http'],
    verify: insecure === undefined,
    credential: domain,
    trail: [why, securityTrail(host, insecure)],
  };
}

const securityTrail = (host: string, insecure: InsecureRule | undefined): string =>
  insecure === undefined
    ? `https, certificate checked against the machine's authorities and certs.d/${host}`
    : `insecure (${insecure}): https unchecked, then http; certs.d is not read`;
