/** `image import`: a root file system's tar → an image of one layer. */
import {createReadStream} from 'node:fs';
import type {Readable} from 'node:stream';
import {importRootfs} from '../../export/image/import-rootfs.js';
import type {Digest} from '../../oci/digest.js';
import {parsePlatform} from '../../oci/platform.js';
import {parseReference} from '../../oci/reference.js';
import {inStore} from '../../store/full-disk.js';
import {openWorkspace} from '../workspace.js';

export interface ImportRequest {
  /** A file's path, or the bytes; plain or compressed. */
  readonly input: string | Readable;
  readonly reference?: string;
  /** Dockerfile instructions for the config, like `CMD ["sh"]`. */
  readonly changes?: readonly string[];
  readonly message?: string;
  readonly platform?: string;
  readonly root?: string;
}

export async function importImage(request: ImportRequest): Promise<{imageID: Digest}> {
  const {input, changes = [], message, platform} = request;
  const name = request.reference === undefined ? undefined : parseReference(request.reference);
  await using workspace = await openWorkspace({root: request.root});
  const {store, snapshots} = workspace;
  const isPath = typeof input === 'string';
  const {id, target} = await inStore(store.paths.root, () =>
    importRootfs(isPath ? createReadStream(input) : input, {
      store,
      snapshots,
      changes,
      from: isPath ? input : '-',
      ...(message === undefined ? {} : {message}),
      ...(platform === undefined ? {} : {platform: parsePlatform(platform)}),
    }),
  );
  await store.references.put(target, name ? [name] : []);
  return {imageID: id};
}
