/** Which manifests of a repository are about which: signatures, attestations, SBOMs of an image. */
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import type {ManifestFacts} from './manifest-facts.js';

export class Referrers {
  readonly #bySubject = new Map<Digest, Map<Digest, Descriptor>>();

  add(target: Descriptor, facts: ManifestFacts): void {
    const {subject, artifactType, annotations} = facts;
    if (subject === undefined) return;
    const others = this.#bySubject.get(subject) ?? new Map<Digest, Descriptor>();
    this.#bySubject.set(subject, others);
    others.set(target.digest, {
      ...target,
      ...(artifactType === undefined ? {} : {artifactType}),
      ...(annotations === undefined ? {} : {annotations}),
    });
  }

  remove(digest: Digest): void {
    for (const [subject, referrers] of this.#bySubject) {
      if (referrers.delete(digest) && referrers.size === 0) this.#bySubject.delete(subject);
    }
  }

  /** In the order they were pushed. */
  of(subject: Digest): readonly Descriptor[] {
    return [...(this.#bySubject.get(subject)?.values() ?? [])];
  }
}
