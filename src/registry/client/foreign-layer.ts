/**
 * Layers that may not be given on: a registry names them and others have them.
 *
 * Source  OCI image-spec v1.1.1, layer.md § Non-Distributable Layers; descriptor.md § urls.
 */
import {ContentNotFoundError} from '../../content/errors.js';
import {HttpStatusError} from '../../http/errors.js';
import type {HttpResponse} from '../../http/http-client.js';
import type {Descriptor} from '../../oci/descriptor.js';

export const isForeign = ({mediaType}: Descriptor): boolean =>
  mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.');

/** Bytes from the first address that gives them, not verified. */
export async function* foreignBytes(
  {digest, urls = []}: Descriptor,
  get: (url: URL) => Promise<HttpResponse>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let cause: unknown;
  for (const url of urls.filter((each) => /^https?:\/\//.test(each) && URL.canParse(each))) {
    try {
      yield* (await get(new URL(url))).body;
      return;
    } catch (error) {
      if (!(error instanceof HttpStatusError)) throw error;
      cause = error;
    }
  }
  throw new ContentNotFoundError(digest, 'any of its addresses', cause);
}
