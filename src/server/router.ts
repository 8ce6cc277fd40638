/**
 * Path and method to handler, by table: the whole API on one page.
 *
 * A name may hold what looks like an endpoint (`a/blobs/b`), so the last one in a path counts.
 */
import {isRepositoryPath} from '../oci/reference.js';
import type {Need} from './auth/authority.js';
import {deleteBlob, pullBlob} from './endpoints/blobs.js';
import {listReferrers, listRepositories, listTags, versionCheck} from './endpoints/lists.js';
import {deleteManifest, pullManifest, pushManifest} from './endpoints/manifests.js';
import {
  cancelUpload,
  endUpload,
  pushChunk,
  startUpload,
  uploadStatus,
} from './endpoints/uploads.js';
import type {Handler} from './exchange.js';
import {nameInvalid, Refusal} from './refusal.js';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

interface Route {
  readonly endpoint: string;
  readonly path: RegExp;
  /** HEAD goes where GET goes. */
  readonly methods: Readonly<Partial<Record<Method, Handler>>>;
}

const routes: readonly Route[] = [
  {endpoint: 'base', path: /^\/v2\/?$/, methods: {GET: versionCheck}},
  {endpoint: 'catalog', path: /^\/v2\/_catalog$/, methods: {GET: listRepositories}},
  {
    endpoint: 'uploads',
    path: /^\/v2\/(?<name>.+)\/blobs\/uploads\/?$/s,
    methods: {POST: startUpload},
  },
  {
    endpoint: 'uploads',
    path: /^\/v2\/(?<name>.+)\/blobs\/uploads\/(?<target>[^/]+)$/s,
    methods: {GET: uploadStatus, PATCH: pushChunk, PUT: endUpload, DELETE: cancelUpload},
  },
  {
    endpoint: 'blobs',
    path: /^\/v2\/(?<name>.+)\/blobs\/(?<target>[^/]+)$/s,
    methods: {GET: pullBlob, DELETE: deleteBlob},
  },
  {
    endpoint: 'manifests',
    path: /^\/v2\/(?<name>.+)\/manifests\/(?<target>[^/]+)$/s,
    methods: {GET: pullManifest, PUT: pushManifest, DELETE: deleteManifest},
  },
  {endpoint: 'tags', path: /^\/v2\/(?<name>.+)\/tags\/list$/s, methods: {GET: listTags}},
  {
    endpoint: 'referrers',
    path: /^\/v2\/(?<name>.+)\/referrers\/(?<target>[^/]+)$/s,
    methods: {GET: listReferrers},
  },
];

export interface Routed {
  readonly endpoint: string;
  readonly need: Need;
  readonly handler: Handler;
  readonly name: string;
  readonly target: string;
}

/** `path` as it came. Throws a Refusal for what is no endpoint, no method of it, or no repository's name. */
export function route(method: string, path: string): Routed {
  const decoded = decode(path);
  for (const {endpoint, path: pattern, methods} of routes) {
    const match = pattern.exec(decoded);
    if (match === null) continue;
    const {name = '', target = ''} = match.groups ?? {};
    const handler = methods[(method === 'HEAD' ? 'GET' : method) as Method];
    if (handler === undefined) throw notAllowed(Object.keys(methods));
    if (match.groups !== undefined && !isRepositoryPath(name)) throw nameInvalid(name);
    return {endpoint, need: needOf(endpoint, method, name), handler, name, target};
  }
  throw new Refusal([404, 'UNSUPPORTED'], 'no such endpoint');
}

function needOf(endpoint: string, method: string, name: string): Need {
  if (endpoint === 'base') return undefined;
  if (endpoint === 'catalog') return {type: 'registry', name: 'catalog', action: '*'};
  const reads = (method === 'GET' || method === 'HEAD') && endpoint !== 'uploads';
  const deletes = method === 'DELETE' && endpoint !== 'uploads';
  const writing = deletes ? 'delete' : 'push';
  return {type: 'repository', name, action: reads ? 'pull' : writing};
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new Refusal([400, 'NAME_INVALID'], 'the path is not percent-encoded UTF-8');
  }
}

function notAllowed(methods: readonly string[]): Refusal {
  const allow = methods.includes('GET') ? ['HEAD', ...methods] : methods;
  return new Refusal([405, 'UNSUPPORTED'], 'method not allowed', {
    headers: {Allow: allow.join(', ')},
  });
}
