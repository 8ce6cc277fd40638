/**
 * A repository to push to.
 *
 * exists  answers no for what is to be tagged, whose tags are written even when it is there already
 * push    a blob is taken over from another repository of the same registry where that is known to have it, and sent otherwise;
 *         a manifest is put under its digest, the one to be tagged under its tags, all in one request where the registry can
 * Source  OCI distribution-spec v1.1.1 § Push.
 */
import {isBranch} from '../../content/children.js';
import {type CopyEnds, type CopyOptions, copy} from '../../content/copy.js';
import type {Fetcher} from '../../content/fetcher.js';
import type {Pusher} from '../../content/pusher.js';
import {readAll} from '../../content/read-all.js';
import type {HttpResponse} from '../../http/http-client.js';
import type {RetryPolicy} from '../../http/retry.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {MANIFEST_LIMIT} from '../../oci/manifest.js';
import {BadAnswerError} from '../errors.js';
import type {AheadUploads} from './ahead-uploads.js';
import {AT_ONCE, BlobUpload, type UploadOutcome} from './blob-upload.js';
import type {Connection} from './connection.js';
import {isForeign} from './foreign-layer.js';
import {isPage} from './is-page.js';
import {keepReferrer, subjectOf} from './referrers-tag.js';
import {pushScope} from './scopes.js';

export interface PushTargetOptions {
  readonly connection: Connection;
  /** Repository's path. */
  readonly path: string;
  readonly retry: RetryPolicy;
  /** A repository of the same registry that may have a blob. */
  readonly mountFrom?: ((digest: Digest) => string | undefined) | undefined;
  /** What is to be tagged, and how. */
  readonly root?: {readonly digest: Digest; readonly tags: readonly string[]} | undefined;
  /** What was sent before it was asked for. */
  readonly ahead?: AheadUploads | undefined;
  readonly onBlob?: ((target: Descriptor, outcome: UploadOutcome) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A server that finds everything it is asked for has a page, not what is looked for. */
function isSaidOf({digest, size}: Descriptor, headers: HttpResponse['headers']): boolean {
  const length = headers.get('content-length') ?? String(size);
  return (
    Number(length) === size &&
    (headers.get('docker-content-digest') ?? digest) === digest &&
    !isPage(headers)
  );
}

export class PushTarget implements Pusher, Pick<Fetcher, 'exists'> {
  readonly #options: PushTargetOptions;
  readonly #uploads = new Map<Digest, BlobUpload>();

  constructor(options: PushTargetOptions) {
    this.#options = options;
  }

  async exists(target: Descriptor): Promise<boolean> {
    // Not ours to give on: the registry takes the manifest without it.
    if (isForeign(target)) return true;
    if (this.#tagsOf(target).length > 0) return false;
    const {connection, path} = this.#options;
    const {status, headers} = await connection.ask({
      ...this.#common,
      method: 'HEAD',
      target: `${path}/${isBranch(target) ? 'manifests' : 'blobs'}/${target.digest}`,
      headers: {accept: target.mediaType},
      accept: [200, 404],
    });
    return status === 200 && isSaidOf(target, headers);
  }

  async push(target: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    if (isBranch(target)) {
      const data = await readAll({fetch: () => content}, target, MANIFEST_LIMIT);
      return this.#putManifest(target, data);
    }
    const outcome = await this.#upload(target).send(content);
    this.#options.onBlob?.(target, outcome);
  }

  /** The target and all it points to out of another place; a blob that was cut goes on where it ended. Throws as `copy`. */
  copyFrom(
    from: CopyEnds['from'],
    target: Descriptor,
    options: Omit<CopyOptions, 'again'> = {},
  ): Promise<void> {
    const again: CopyOptions['again'] = async ({digest}, error) =>
      (await this.#uploads.get(digest)?.goesOn(error)) ?? false;
    return copy({from, to: this}, target, {concurrency: AT_ONCE, ...options, again});
  }

  #upload(blob: Descriptor): BlobUpload {
    const {connection, path, mountFrom, ahead, retry} = this.#options;
    const upload =
      this.#uploads.get(blob.digest) ??
      new BlobUpload({
        ...this.#common,
        connection,
        path,
        blob,
        retry,
        mount: mountFrom?.(blob.digest),
        ahead: ahead && (() => ahead.take(blob)),
      });
    this.#uploads.set(blob.digest, upload);
    return upload;
  }

  async #putManifest(target: Descriptor, data: Buffer): Promise<void> {
    const headers = await this.#putTags(target, data);
    const subject = subjectOf(data);
    if (subject === undefined || headers.get('oci-subject') !== null) return;
    const {connection, path} = this.#options;
    await keepReferrer({...this.#common, connection, path}, {referrer: target, data, subject});
  }

  /** A registry that took all tags at once says so; to the others each is put by itself. */
  async #putTags(target: Descriptor, data: Buffer) {
    const tags = this.#tagsOf(target);
    if (tags.length < 2) return this.#put(target, data, tags[0] ?? target.digest);
    const query = tags.map((tag) => `tag=${tag}`).join('&');
    const headers = await this.#put(target, data, `${target.digest}?${query}`);
    const taken = (headers.get('oci-tag') ?? '').split(',').map((tag) => tag.trim());
    for (const tag of tags.filter((each) => !taken.includes(each))) {
      await this.#put(target, data, tag);
    }
    return headers;
  }

  async #put(target: Descriptor, data: Buffer, name: string) {
    const {connection, path} = this.#options;
    const {headers} = await connection.ask({
      ...this.#common,
      method: 'PUT',
      target: `${path}/manifests/${name}`,
      headers: {'content-type': target.mediaType},
      body: data,
      accept: [200, 201, 202],
    });
    const got = headers.get('docker-content-digest');
    if (got === null || got === target.digest) return headers;
    throw new BadAnswerError(connection.place, `want manifest ${target.digest} stored, got ${got}`);
  }

  #tagsOf({digest}: Descriptor): readonly string[] {
    const {root} = this.#options;
    return root?.digest === digest ? root.tags : [];
  }

  get #common() {
    const {connection, path, signal} = this.#options;
    const what = `push to ${connection.endpoint.host}/${path}`;
    return {scopes: [pushScope(path)], what, signal};
  }
}
