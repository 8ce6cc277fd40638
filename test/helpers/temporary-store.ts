import {join} from 'node:path';
import {openStore, type Store} from '../../src/store/store.js';
import {temporaryFolder} from './temporary-folder.js';

export interface TemporaryStore extends AsyncDisposable {
  readonly store: Store;
  readonly root: string;
}

/** A new store, open for sharing, that is gone when its owner goes out of scope. */
export async function temporaryStore(): Promise<TemporaryStore> {
  const folder = temporaryFolder();
  const root = join(folder.path, 'store');
  const store = await openStore(root, {lock: 'shared'});
  return {
    store,
    root,
    async [Symbol.asyncDispose]() {
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
