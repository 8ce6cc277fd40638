import type {HttpClient} from '../../http/http-client.js';
import {FileRecords} from '../../remote/http/file-records.js';
import {RemoteFiles} from '../../remote/http/remote-files.js';
import type {RunSettings} from '../../solver/executors/run-settings.js';
import type {Store} from '../../store/store.js';
import {machineHttp} from '../machine/machine-http.js';
import {fileAuthorization} from './authorization.js';

export interface FilesPlace {
  readonly store: Store;
  readonly runs: Pick<RunSettings, 'secrets' | 'agents'>;
  readonly env: NodeJS.ProcessEnv;
  /** Nothing is asked over the network. */
  readonly offline: boolean;
}

export interface OpenedFiles {
  readonly files: RemoteFiles;
  readonly client: HttpClient;
}

/** Bytes of one file: enough for any image or archive, and not for a server that never ends. */
const LARGEST = 64 * 2 ** 30;

export function openFiles({store, runs, env, offline}: FilesPlace): OpenedFiles {
  const client = machineHttp(env);
  const files = new RemoteFiles({
    client,
    records: new FileRecords(store.paths.fileRecords),
    draft: () => store.ingest.draft(),
    authorization: (host) => fileAuthorization(host, runs.secrets),
    largest: LARGEST,
    offline,
  });
  return {files, client};
}
