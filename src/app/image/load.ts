/** `image load`: images out of an archive of docker save, an OCI tool, or `image save`. */
import {createReadStream} from 'node:fs';
import type {Readable} from 'node:stream';
import {loadImages as load} from '../../export/archive/load.js';
import type {Digest} from '../../oci/digest.js';
import {parsePlatform} from '../../oci/platform.js';
import {familiarReference} from '../../oci/reference.js';
import {inStore} from '../../store/full-disk.js';
import {openWorkspace, settle} from '../workspace.js';

export interface LoadRequest {
  /** A file's path, or the bytes; plain or compressed. */
  readonly input: string | Readable;
  readonly platform?: string;
  readonly signal?: AbortSignal;
  readonly root?: string;
}

/** One for each name; an image without a name is one as well. */
export interface LoadedImage {
  readonly reference: string | undefined;
  readonly imageID: Digest;
}

export async function loadImages(request: LoadRequest): Promise<readonly LoadedImage[]> {
  const {input, platform, signal} = request;
  await using workspace = await openWorkspace({root: request.root});
  const {store, snapshots} = workspace;
  const source = typeof input === 'string' ? createReadStream(input) : input;
  const stop = (): void => void source.destroy(signal?.reason as Error);
  signal?.addEventListener('abort', stop, {once: true});
  try {
    const place = {
      store,
      snapshots,
      ...(platform === undefined ? {} : {platform: parsePlatform(platform)}),
    };
    const loaded = await inStore(store.paths.root, () => load(source, place));
    settle(workspace);
    return loaded.flatMap(({id, names}): LoadedImage[] =>
      names.length === 0
        ? [{reference: undefined, imageID: id}]
        : names.map((name) => ({reference: familiarReference(name), imageID: id})),
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
