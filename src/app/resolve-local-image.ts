import type {ResolvedImage} from '../frontend/resolve-image.js';
import type {Platform} from '../oci/platform.js';
import type {Store} from '../store/store.js';

/** FROM and COPY --from by what the store holds. Throws ImageNotFoundError. */
export const resolveLocalImage =
  (store: Store) =>
  async (reference: string, _platform: Platform): Promise<ResolvedImage> => {
    const image = store.images.find(reference);
    return {manifest: image.manifest.digest, config: store.images.config(image)};
  };
