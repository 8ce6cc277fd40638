import type {Digest} from '../oci/digest.js';
import type {ImageConfig} from '../oci/image-config.js';
import type {Platform} from '../oci/platform.js';

/** An image that a FROM or COPY --from names, resolved once per build. */
export interface ResolvedImage {
  readonly manifest: Digest;
  readonly config: ImageConfig;
}

/** Port: the app answers from the store or a registry. Throws a TsbuildError when there is no such image. */
export type ResolveImage = (reference: string, platform: Platform) => Promise<ResolvedImage>;
