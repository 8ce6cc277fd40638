import type {ActiveSnapshot} from '../../snapshot/snapshotter.js';
import type {StoredImage} from '../../store/images.js';
import type {Workspace} from '../workspace.js';
import type {IDFile} from './id-file.js';
import type {RunRequest} from './run-request.js';

/** What the parts of a run work with. */
export interface RunPlace {
  readonly request: RunRequest;
  readonly image: Pick<StoredImage, 'id' | 'manifest'>;
  readonly draft: ActiveSnapshot;
  /** For files that only this container sees: hosts, resolv.conf, hostname. */
  readonly scratch: string;
  readonly workspace: Workspace;
  readonly idFile: IDFile | undefined;
}
