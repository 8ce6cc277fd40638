/**
 * `registry copy`: an image or index from one registry to another, or within one, nothing kept here.
 *
 * All platforms; blobs pass through as they come, verified, or are mounted within one registry. With `referrers` also what is about any
 * of its manifests, and about that.
 */
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {
  formatReference,
  parseReference,
  type Reference,
  repositoryOf,
} from '../../oci/reference.js';
import type {PullSource} from '../../registry/client/pull-source.js';
import {referrersOf} from '../../registry/client/referrers.js';
import {InvalidOptionError} from '../errors.js';
import {openRegistries, type Registries, type RegistryAccess} from './open-registries.js';
import {documentsOf} from './remote-tree.js';
import type {TransferObserver} from './transfer-event.js';

export interface CopyRequest extends RegistryAccess {
  readonly from: string;
  readonly to: string;
  readonly referrers: boolean;
}

export interface CopiedImage {
  /** In full. */
  readonly reference: string;
  readonly digest: Digest;
  /** Bytes of the manifest or index. */
  readonly size: number;
  /** Manifests about it that were copied too. */
  readonly referrers: number;
}

/** Throws what either registry's answers amount to; the tag is written last. */
export async function copyRemote(
  request: CopyRequest,
  observer: TransferObserver = {},
): Promise<CopiedImage> {
  const [from, to] = [parseReference(request.from), parseReference(request.to)];
  using registries = openRegistries(request, {
    onNotice: observer.onEvent,
    signal: observer.signal,
  });
  const copying = new RemoteCopy(registries, {from, to}, observer);
  const source = await registries.pullingFromRegistry(from);
  const {target} = await source.resolve();
  if (to.digest !== undefined && to.digest !== target.digest) {
    throw new InvalidOptionError('destination', `want ${target.digest}, got ${to.digest}`);
  }
  observer.onEvent?.({kind: 'pushing', reference: to});
  await copying.move(source, target, to.tag === undefined ? [] : [to.tag]);
  const referrers = request.referrers ? await copying.moveReferrers(source, target) : 0;
  return {reference: formatReference(to), digest: target.digest, size: target.size, referrers};
}

class RemoteCopy {
  readonly #registries: Registries;
  readonly #ends: {readonly from: Reference; readonly to: Reference};
  readonly #observer: TransferObserver;

  constructor(
    registries: Registries,
    ends: {readonly from: Reference; readonly to: Reference},
    observer: TransferObserver,
  ) {
    this.#registries = registries;
    this.#ends = ends;
    this.#observer = observer;
  }

  async move(source: PullSource, target: Descriptor, tags: readonly string[]): Promise<void> {
    const {onEvent, signal} = this.#observer;
    const {from, to} = this.#ends;
    const destination = await this.#registries.pushing(to, {
      root: {digest: target.digest, tags},
      knownIn: () => [repositoryOf(from)],
      onBlob: (blob, outcome) => {
        if (outcome.kind === 'mounted')
          onEvent?.({kind: 'mounted', target: blob, from: outcome.from});
      },
    });
    await destination.copyFrom(source, target, {onEvent, signal});
  }

  /** How many there were. */
  async moveReferrers(source: PullSource, root: Descriptor): Promise<number> {
    const {from} = this.#ends;
    const {signal} = this.#observer;
    const connection = await this.#registries.registry(from);
    const moved = new Set<Digest>([root.digest]);
    const pending = [root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for await (const {target} of documentsOf(source, next)) {
        const query = {path: from.path, subject: target.digest, what: 'referrers', signal};
        for (const referrer of await referrersOf(connection, query)) {
          if (moved.has(referrer.digest)) continue;
          moved.add(referrer.digest);
          await this.move(source, referrer, []);
          pending.push(referrer);
        }
      }
    }
    return moved.size - 1;
  }
}
