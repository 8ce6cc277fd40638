/** Files of an OCI layout in a tar: owners and times are 0, so that equal content is an equal archive. */
import {blankHeader} from '../../archive/tar-header.js';
import {formatHeader, paddingOf} from '../../archive/tar-writer.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {blobPath} from '../../oci/image-layout.js';

export function* archivedDocument(name: string, data: Buffer): Generator<Buffer> {
  yield archivedHeader(name, 'file', data.byteLength);
  yield Buffer.concat([data, Buffer.alloc(paddingOf(data.byteLength))]);
}

/** `bytes` are as many as the descriptor says. */
export async function* archivedBlob(
  {digest, size}: Descriptor,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield archivedHeader(blobPath(digest), 'file', size);
  yield* bytes;
  yield Buffer.alloc(paddingOf(size));
}

export const archivedHeader = (name: string, type: 'file' | 'directory', size: number): Buffer =>
  formatHeader({...blankHeader, type, name, size, mode: type === 'file' ? 0o644 : 0o755});
