/**
 * From the host of a reference to the places that are asked, in order, each with how it is reached.
 *
 *   docker.io, to pull   its mirrors as they are written, then registry-1.docker.io
 *   any host, to pull    the mirrors a policy names for it, then the host, unless the policy says never
 *   to push              the host alone
 *   with a hosts.toml    its hosts behind those mirrors, then its server in place of the host, each for what it may be asked; the
 *                        first that may be pushed to is
 *
 * A mirror keeps its scheme. A host is asked over https with its certificate checked; one that is insecure over https
 * unchecked, then http, and certs.d is not read for it.
 * Source  moby daemon/pkg/registry/service_v2.go (lookupV2Endpoints), and its manual on mirrors and insecure registries.
 */

import type {Capability, HostsFile, ServingHost} from './hosts-file.js';
import {type InsecureRule, isHub, type LookUp} from './insecure-registries.js';
import {formatMirror, type MirrorURL} from './mirror-url.js';
import type {RegistrySettings} from './settings.js';

export type Purpose = 'pull' | 'push';

export interface Endpoint {
  readonly role: 'mirror' | 'registry';
  /** Host with port, as configured. */
  readonly host: string;
  /** Path before `/v2/`. */
  readonly prefix: string;
  /** The API's root is the prefix itself. */
  readonly overridesPath?: boolean;
  /** In order; the next one only where the one before gives no TLS. */
  readonly schemes: readonly ('https' | 'http')[];
  readonly verify: boolean;
  /** Entry of config.json to show. */
  readonly credential: string;
  /** What else hosts.toml says of it. */
  readonly serving?: ServingHost;
  /** The registry whose place it takes, where it is to be told: the query `ns`. */
  readonly namespace?: string;
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
  /** `itself`: the registry, or the server in its place, past all others. */
  readonly purpose: Purpose | 'itself';
}

const HUB_HOST = 'registry-1.docker.io';

export async function routeTo(
  {domain, purpose}: RouteQuery,
  settings: Pick<RegistrySettings, 'daemon' | 'policy' | 'hosts'>,
  lookUp: LookUp,
): Promise<Route> {
  const file = settings.hosts(domain.toLowerCase());
  const rule = settings.policy.rules.get(domain.toLowerCase());
  const mirrors = purpose === 'pull' ? mirrorsOf(domain, settings) : [];
  const upstreamForbidden = purpose === 'pull' && rule?.fallback === 'never';
  const insecure = (host: string) => settings.daemon.insecure.ruleFor(host, lookUp);
  const asked = await Promise.all(
    mirrors.map(async (each) => mirrorEndpoint(each, await insecure(each.mirror.host))),
  );
  const own = file
    ? servingEndpoint(file.server, {domain, purpose, file, insecure})
    : insecure(domain).then((each) => registryEndpoint(domain, each, purpose));
  if (purpose === 'itself') return {endpoints: [await own], upstreamForbidden: false};
  const hosts = await Promise.all(
    (file?.hosts ?? []).map((host) => servingEndpoint(host, {domain, purpose, file, insecure})),
  );
  const able = [...hosts, ...(upstreamForbidden ? [] : [await own])].filter(({serving}) =>
    purpose === 'push' ? can(serving, 'push') : can(serving, 'pull') || can(serving, 'resolve'),
  );
  return {endpoints: [...asked, ...able], upstreamForbidden};
}

/** Who says nothing of itself may be asked for everything. */
export const can = (serving: ServingHost | undefined, capability: Capability): boolean =>
  serving?.can.has(capability) ?? true;

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
  purpose: RouteQuery['purpose'],
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

interface Serving {
  readonly domain: string;
  readonly purpose: RouteQuery['purpose'];
  readonly file: HostsFile | undefined;
  readonly insecure: (host: string) => Promise<InsecureRule | undefined>;
}

async function servingEndpoint(
  serving: ServingHost,
  {domain, purpose, file, insecure}: Serving,
): Promise<Endpoint> {
  const {url} = serving;
  const rule = await insecure(url?.host ?? domain);
  const own = registryEndpoint(domain, rule, purpose);
  // Who names authorities wants them asked, even of a host that counts as insecure.
  const hasAuthorities = (serving.certificates?.authorities ?? []).length > 0;
  const verify = (own.verify || hasAuthorities) && !serving.skipVerify;
  const named = `${url === undefined ? 'server' : formatMirror(url)} in ${file?.path}`;
  const trail = [named, ...servingTrail(serving)];
  if (url === undefined) return {...own, verify, serving, trail: [...own.trail, ...trail]};
  const schemes = schemesOf(url, serving);
  const isOwn = url.host === domain.toLowerCase() || (isHub(domain) && isHub(url.host));
  return {
    ...rootOf(url, serving),
    role: serving === file?.server ? 'registry' : 'mirror',
    schemes,
    verify: verify && schemes[0] === 'https',
    credential: isOwn ? domain : url.host,
    serving,
    ...(isOwn ? {} : {namespace: domain}),
    trail,
  };
}

function rootOf(
  {host, prefix}: MirrorURL,
  {overridesPath}: ServingHost,
): Pick<Endpoint, 'host' | 'prefix' | 'overridesPath'> {
  const before = overridesPath ? prefix : prefix.replace(/\/v2$/, '');
  return {host: isHub(host) ? HUB_HOST : host, prefix: before, overridesPath};
}

/** One of http with settings for TLS is asked over https first, as containerd has it. */
function schemesOf(
  {scheme, host}: MirrorURL,
  {skipVerify, certificates}: ServingHost,
): Endpoint['schemes'] {
  const speaksTLS = skipVerify || certificates !== undefined;
  return scheme === 'http' && speaksTLS && !host.endsWith(':80') ? ['https', 'http'] : [scheme];
}

function servingTrail({can: able, skipVerify, headers, proxy}: ServingHost): readonly string[] {
  const names = Object.keys(headers);
  return [
    `may be asked to ${[...able].join(', ')}`,
    ...(skipVerify ? ['skip_verify: its certificate is not checked'] : []),
    ...(names.length === 0 ? [] : [`with ${names.join(', ')}`]),
    ...(proxy === undefined ? [] : [`through the proxy ${proxy.origin}`]),
  ];
}

const securityTrail = (host: string, insecure: InsecureRule | undefined): string =>
  insecure === undefined
    ? `https, certificate checked against the machine's authorities and certs.d/${host}`
    : `insecure (${insecure}): https unchecked, then http; certs.d is not read`;
