/** Registries as a machine of the test's own is configured to reach them. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {HttpClient} from '../../src/http/http-client.js';
import {
  RegistryClient,
  type RegistryClientOptions,
  type RegistryNotice,
} from '../../src/registry/client/registry-client.js';
import {readSettings} from '../../src/registry/config/settings.js';
import {temporaryFolder} from './temporary-folder.js';

export interface Registries extends AsyncDisposable {
  readonly client: RegistryClient;
  /** All that was told but for exchanges, and of those what was asked: `GET /v2/app/tags/list 200`. */
  readonly notices: readonly Exclude<RegistryNotice, {kind: 'exchange'}>[];
  readonly exchanges: readonly string[];
  readonly folder: string;
}

interface Machine extends Partial<Pick<RegistryClientOptions, 'retry' | 'offline' | 'signal'>> {
  readonly daemon?: object;
  readonly policy?: object;
  /** config.json. */
  readonly config?: object;
  /** Host → name of a file in its certs.d → content. */
  readonly certificates?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export const auth = (user: string, password: string) => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

/** Waits between attempts are a millisecond. */
export function registriesOf(machine: Machine = {}): Registries {
  const folder = temporaryFolder();
  const write = (name: string, content: object | undefined) =>
    content && writeFileSync(join(folder.path, name), JSON.stringify(content));
  write('daemon.json', machine.daemon);
  write('registries.json', machine.policy);
  write('config.json', machine.config);
  for (const [host, files] of Object.entries(machine.certificates ?? {})) {
    const directory = join(folder.path, 'certs.d', host);
    mkdirSync(directory, {recursive: true});
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(directory, name), content);
    }
  }
  const settings = readSettings({folders: [folder.path], dockerConfig: folder.path});
  const http = new HttpClient({
    userAgent: 'test',
    roots: () => [],
    connectTimeout: 1500,
    onExchange: (exchange) => onNotice({kind: 'exchange', exchange}),
  });
  const notices: Exclude<RegistryNotice, {kind: 'exchange'}>[] = [];
  const exchanges: string[] = [];
  const onNotice = (notice: RegistryNotice): void => {
    if (notice.kind !== 'exchange') notices.push(notice);
    else {
      const {method, url, outcome} = notice.exchange;
      const result = typeof outcome === 'number' ? outcome : outcome.failure;
      exchanges.push(`${method} ${url.pathname}${url.search} ${result}`);
    }
  };
  const {retry = {attempts: 3, delay: 1}, offline, signal} = machine;
  return {
    client: new RegistryClient({settings, http, retry, offline, signal, onNotice}),
    notices,
    exchanges,
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      http[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
