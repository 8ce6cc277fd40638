/** `registry rm`: a tag, or with a digest a manifest and its tags, out of a registry. */
import {familiarReference, parseReference} from '../../oci/reference.js';
import {deleteReference} from '../../registry/client/deletion.js';
import {openRegistries, type RegistryAccess, type RegistryObserver} from './open-registries.js';

export interface RemoteRemovalRequest extends RegistryAccess {
  readonly references: readonly string[];
}

export interface RemoteRemovals {
  readonly removed: readonly string[];
  /** Of the others, in order. */
  readonly failures: readonly Error[];
}

/** Goes on after a failure. Throws InvalidReferenceError before anything is removed. */
export async function removeRemote(
  request: RemoteRemovalRequest,
  observer: RegistryObserver = {},
): Promise<RemoteRemovals> {
  const references = request.references.map(parseReference);
  using registries = openRegistries(request, observer);
  const removed: string[] = [];
  const failures: Error[] = [];
  for (const reference of references) {
    observer.signal?.throwIfAborted();
    try {
      await deleteReference(await registries.registry(reference), reference, observer.signal);
      removed.push(familiarReference(reference));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failures.push(error);
    }
  }
  return {removed, failures};
}
