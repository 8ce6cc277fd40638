import type {CopyEvent} from '../../content/copy.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Reference} from '../../oci/reference.js';
import type {RegistryNotice} from '../../registry/client/registry-client.js';

/** What happens while an image is pulled or pushed. */
export type TransferEvent =
  | RegistryNotice
  /** The store has no such image. */
  | {readonly kind: 'missing'; readonly reference: Reference}
  /** A reference is about to be pulled, or pushed. */
  | {readonly kind: 'pulling' | 'pushing'; readonly reference: Reference}
  /** A layer is compressed before it can be sent; `target` is the plain one. */
  | {readonly kind: 'packing' | 'packed'; readonly target: Descriptor}
  | {readonly kind: 'mounted'; readonly target: Descriptor; readonly from: string}
  | CopyEvent;

export interface TransferObserver {
  readonly onEvent?: ((event: TransferEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
