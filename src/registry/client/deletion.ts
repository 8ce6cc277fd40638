/**
 * Takes a tag or a manifest out of a repository.
 *
 * Registries before distribution-spec 1.1 delete by digest alone. There a manifest made for that takes the tag over and is deleted, so
 * the image that the tag pointed to stays. Before, that manifest is deleted where it is not yet: who deletes nothing says so then.
 * Source  OCI distribution-spec v1.1.1 § Deleting tags, Deleting manifests.
 */
import {randomUUID} from 'node:crypto';
import {once} from '../../content/read-all.js';
import {ONCE} from '../../http/retry.js';
import {type Descriptor, describe} from '../../oci/descriptor.js';
import {serializeManifest} from '../../oci/manifest.js';
import {MediaType} from '../../oci/media-type.js';
import {familiarReference, type Reference} from '../../oci/reference.js';
import {DeleteRefusedError, RegistryStatusError} from '../errors.js';
import type {Connection} from './connection.js';
import {resolveManifest} from './manifests.js';
import {asPullError} from './pull-error.js';
import {PushTarget} from './push-target.js';
import {deleteScope} from './scopes.js';

const EMPTY = Buffer.from('{}');
const DONE = [200, 202, 204];
/** What registries answer that will not delete this way. */
const REFUSALS = [400, 405, 501];

/** The reference's digest, else its tag. Throws DeleteRefusedError, ManifestUnknownError, and what Connection.send throws. */
export async function deleteReference(
  connection: Connection,
  reference: Reference,
  signal?: AbortSignal,
): Promise<void> {
  const deletion = new Deletion(connection, reference, signal);
  if (reference.digest !== undefined) await deletion.remove(reference.digest);
  else await deletion.untag(reference.tag ?? 'latest');
}

class Deletion {
  readonly #connection: Connection;
  readonly #reference: Reference;
  readonly #signal: AbortSignal | undefined;

  constructor(connection: Connection, reference: Reference, signal: AbortSignal | undefined) {
    this.#connection = connection;
    this.#reference = reference;
    this.#signal = signal;
  }

  async remove(name: string): Promise<void> {
    try {
      await this.#delete(name);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async untag(tag: string): Promise<void> {
    try {
      await this.#delete(tag);
    } catch (error) {
      if (!isRefusal(error)) throw this.#explained(error);
      await this.#overwrite(tag);
    }
  }

  async #overwrite(tag: string): Promise<void> {
    const config = describe(MediaType.empty, EMPTY);
    const data = serializeManifest({
      schemaVersion: 2,
      mediaType: MediaType.manifest,
      config,
      layers: [config],
      annotations: {'tsbuild.deletion': randomUUID()},
    });
    const standIn = describe(MediaType.manifest, data);
    const {path} = this.#reference;
    const signal = this.#signal;
    try {
      await resolveManifest(this.#connection, {path, reference: tag, what: this.#what, signal});
      await this.#delete(standIn.digest, [...DONE, 404]);
      await this.#push(config, EMPTY, standIn, tag);
      await this.#push(standIn, data, standIn, tag);
    } catch (error) {
      throw this.#explained(error);
    }
    await this.remove(standIn.digest);
  }

  #push(target: Descriptor, data: Buffer, standIn: Descriptor, tag: string): Promise<void> {
    const {path} = this.#reference;
    const root = {digest: standIn.digest, tags: [tag]};
    const options = {connection: this.#connection, path, retry: ONCE, root, signal: this.#signal};
    return new PushTarget(options).push(target, once(data));
  }

  async #delete(name: string, accept = DONE): Promise<void> {
    const {path} = this.#reference;
    await this.#connection.ask({
      method: 'DELETE',
      target: `${path}/manifests/${name}`,
      scopes: [deleteScope(path)],
      accept,
      what: this.#what,
      signal: this.#signal,
    });
  }

  get #what(): string {
    return `deletion of ${familiarReference(this.#reference)}`;
  }

  #explained(error: unknown): unknown {
    if (isRefusal(error)) {
      return new DeleteRefusedError(familiarReference(this.#reference), error.refusal);
    }
    return error instanceof Error ? asPullError(error, this.#reference) : error;
  }
}

const isRefusal = (error: unknown): error is RegistryStatusError =>
  error instanceof RegistryStatusError && REFUSALS.includes(error.refusal.status);
