/** A registry of one's own and requests to it, one HTTP request a call and nothing hidden. */
import {createHash, randomBytes} from 'node:crypto';
import {
  type Registry,
  type RegistryRequest,
  serveRegistry,
} from '../../src/app/registry/serve-registry.js';
import {type Digest, digestOf} from '../../src/oci/digest.js';
import {MediaType} from '../../src/oci/media-type.js';

export interface RawRegistry extends AsyncDisposable {
  readonly registry: Registry;
  /** `path` begins after /v2. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  /** In one request. Returns the digest. */
  pushBlob(name: string, data: Uint8Array): Promise<Digest>;
  pushManifest(name: string, reference: string, manifest: unknown): Promise<Answer>;
}

interface RequestOptions {
  readonly body?: string | Uint8Array | ReadableStream;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Codes of the errors in the body. */
  readonly codes: readonly string[];
  json<Value>(): Value;
}

export async function rawRegistry(request: RegistryRequest = {}): Promise<RawRegistry> {
  const registry = await serveRegistry(request);
  return {
    ...requestsTo(registry.url),
    registry,
    [Symbol.asyncDispose]: () => registry.close(),
  };
}

export function requestsTo(url: string): Omit<RawRegistry, 'registry' | keyof AsyncDisposable> {
  const request = (method: string, path: string, options: RequestOptions = {}) =>
    send(`${url}/v2${path}`, method, options);
  return {
    request,
    async pushBlob(name, data) {
      const digest = digestOf(data);
      const {status} = await request('POST', `/${name}/blobs/uploads/?digest=${digest}`, {
        body: data,
      });
      if (status !== 201) throw new Error(`pushing a blob was answered with ${status}`);
      return digest;
    },
    pushManifest: (name, reference, manifest) =>
      request('PUT', `/${name}/manifests/${reference}`, {
        body: JSON.stringify(manifest),
        headers: {
          'Content-Type': (manifest as {mediaType?: string}).mediaType ?? MediaType.manifest,
        },
      }),
  };
}

async function send(url: string, method: string, options: RequestOptions): Promise<Answer> {
  const {body, headers = {}} = options;
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : {body, duplex: 'half'}),
  } as RequestInit);
  const data = Buffer.from(await response.arrayBuffer());
  const json = <Value>(): Value => JSON.parse(data.toString());
  const isJSON = response.headers.get('content-type')?.startsWith('application/json') === true;
  const errors = isJSON && data.length > 0 ? json<{errors?: {code: string}[]}>().errors : undefined;
  return {
    status: response.status,
    headers: response.headers,
    body: data,
    codes: (errors ?? []).map(({code}) => code),
    json,
  };
}

interface PushedImage {
  readonly manifest: Record<string, unknown>;
  readonly digest: Digest;
  readonly config: Digest;
  readonly layers: readonly Digest[];
}

/** An image of random layers, each some bytes long; `more` are further members of its manifest. */
export async function pushImage(
  at: Pick<RawRegistry, 'pushBlob' | 'pushManifest'>,
  name: string,
  tag: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<PushedImage> {
  const layer = randomBytes(1000);
  const config = Buffer.from(
    JSON.stringify({architecture: 'amd64', os: 'linux', id: digestOf(layer)}),
  );
  const manifest = {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: {
      mediaType: MediaType.config,
      digest: await at.pushBlob(name, config),
      size: config.length,
    },
    layers: [
      {mediaType: MediaType.layer, digest: await at.pushBlob(name, layer), size: layer.length},
    ],
    ...more,
  };
  const {status} = await at.pushManifest(name, tag, manifest);
  if (status !== 201) throw new Error(`pushing a manifest was answered with ${status}`);
  const digest = digestOf(JSON.stringify(manifest));
  return {manifest, digest, config: manifest.config.digest, layers: [digestOf(layer)]};
}

export const absent: Digest = `sha256:${createHash('sha256').update('absent').digest('hex')}`;
