/**
 * Files by http, each taken in two steps: pinned, to the digest it has right now, and fetched.
 *
 * A file that was here before is asked for with its validators (RFC 9110 § 13), so that an unchanged one costs one exchange and no bytes;
 * one whose sha256 is promised costs none until it is fetched, nor does one of another checksum
 * once a file was found to have it. Every byte is hashed as it arrives and no more come than are allowed.
 */
import {createHash} from 'node:crypto';
import {open, rm} from 'node:fs/promises';
import {invariant} from '../../base/bug.js';
import {bounded} from '../../http/body.js';
import {BodyTooLargeError} from '../../http/errors.js';
import type {HttpClient, HttpResponse} from '../../http/http-client.js';
import {withIntegrity} from '../../http/integrity.js';
import {retrying} from '../../http/retry.js';
import {type Digest, finish, isDigest} from '../../oci/digest.js';
import {offlineError, RemoteChangedError} from '../errors.js';
import {redacted} from '../redacted.js';
import type {FileRecord, FileRecords} from './file-records.js';

export interface RemoteFilesOptions {
  readonly client: HttpClient;
  readonly records: FileRecords;
  /** A path where nothing is yet. */
  readonly draft: () => string;
  /** Value of the header Authorization for a host, where there is one. */
  readonly authorization: (host: string) => string | undefined;
  /** Bytes of the largest file taken. */
  readonly largest: number;
  /** Nothing is asked: every use of the network is an OfflineError. */
  readonly offline: boolean;
}

export interface RemoteFile {
  readonly url: string;
  /** `sha256:…`, or sha384, or sha512: what it has to be. */
  readonly checksum?: string | undefined;
}

export interface Transfer {
  readonly signal?: AbortSignal | undefined;
  /** Bytes so far; of `total` where the server says. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface PinnedFile {
  readonly digest: Digest;
  /** Absent where nobody asked for it yet. */
  readonly downloaded?: DownloadedFile;
}

export interface DownloadedFile extends FileRecord {
  /** A draft, the caller's to move or remove. */
  readonly path: string;
  /** Of Last-Modified, in seconds; 0 without one. */
  readonly mtime: number;
}

const NOT_MODIFIED = 304;

export class RemoteFiles {
  readonly #options: RemoteFilesOptions;

  constructor(options: RemoteFilesOptions) {
    this.#options = options;
  }

  /** Throws OfflineError, HttpStatusError, ConnectionError, RedirectError, IntegrityError, BodyTooLargeError. */
  async download(file: RemoteFile, transfer: Transfer = {}): Promise<DownloadedFile> {
    const downloaded = await this.#exchange(file, transfer);
    invariant(downloaded !== 'unchanged', 'a request without validators brings a file');
    return downloaded;
  }

  /** Throws as `download`. */
  async pin(file: RemoteFile, transfer: Transfer = {}): Promise<PinnedFile> {
    const {url, checksum} = file;
    if (checksum !== undefined && isDigest(checksum)) return {digest: checksum};
    const {records} = this.#options;
    const known = records.find(checksum ?? url);
    const downloaded =
      checksum !== undefined && known !== undefined
        ? 'unchanged'
        : await this.#exchange(file, transfer, known);
    if (downloaded !== 'unchanged') return {digest: downloaded.digest, downloaded};
    invariant(known !== undefined, 'only what is known can be unchanged');
    records.touch(checksum ?? url);
    return {digest: known.digest};
  }

  /** Throws as `pin`, and RemoteChangedError where another file is there by now. */
  async fetch(
    file: RemoteFile,
    pinned: PinnedFile,
    transfer: Transfer = {},
  ): Promise<DownloadedFile> {
    const downloaded = pinned.downloaded ?? (await this.download(file, transfer));
    const {digest: want} = pinned;
    if (downloaded.digest === want) return downloaded;
    throw new RemoteChangedError(file.url, {want, got: downloaded.digest});
  }

  async #exchange(
    file: RemoteFile,
    transfer: Transfer,
    known?: FileRecord,
  ): Promise<DownloadedFile | 'unchanged'> {
    const {client, records, offline} = this.#options;
    if (offline) throw offlineError(file.url);
    const {signal} = transfer;
    const request = {url: new URL(file.url), headers: this.#headers(file, known), signal};
    return retrying(
      async () => {
        const response = await client.fetch(request, known && NOT_MODIFIED);
        if (response.status === NOT_MODIFIED) {
          for await (const _nothing of response.body);
          return 'unchanged';
        }
        const downloaded = await this.#save(response, file, transfer);
        const {path: _path, mtime: _mtime, ...record} = downloaded;
        records.put(file.url, record);
        // Its bytes were held against the checksum: the next time it says which file is meant, with nothing asked.
        if (file.checksum !== undefined) records.put(file.checksum, record);
        return downloaded;
      },
      {signal},
    );
  }

  #headers({url}: RemoteFile, known: FileRecord | undefined): Record<string, string> {
    const authorization = this.#options.authorization(new URL(url).host);
    return {
      ...(authorization === undefined ? {} : {authorization}),
      ...(known?.etag === undefined ? {} : {'if-none-match': known.etag}),
      ...(known?.lastModified === undefined ? {} : {'if-modified-since': known.lastModified}),
    };
  }

  async #save(
    {headers, body}: HttpResponse,
    {url, checksum}: RemoteFile,
    {onProgress}: Transfer,
  ): Promise<DownloadedFile> {
    const {draft, largest} = this.#options;
    const what = redacted(url);
    const total = Number(headers.get('content-length') ?? 0);
    if (total > largest) throw new BodyTooLargeError(what, largest);
    const limited = bounded(body, {limit: largest, what});
    const chunks = checksum === undefined ? limited : withIntegrity(limited, checksum, what);
    const path = draft();
    const written = await write(chunks, path, (done) => onProgress?.(done, total));
    const etag = headers.get('etag');
    const lastModified = headers.get('last-modified');
    const time = Date.parse(lastModified ?? '');
    return {
      ...written,
      ...(etag === null ? {} : {etag}),
      ...(lastModified === null ? {} : {lastModified}),
      path,
      mtime: Number.isNaN(time) ? 0 : Math.floor(time / 1000),
    };
  }
}

/** Nothing stays of what did not come whole. */
async function write(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  onProgress: (done: number) => void,
): Promise<{digest: Digest; size: number}> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    await using file = await open(path, 'wx', 0o600);
    for await (const chunk of chunks) {
      hash.update(chunk);
      await file.writeFile(chunk);
      size += chunk.length;
      onProgress(size);
    }
    return {digest: finish(hash), size};
  } catch (error) {
    await rm(path, {force: true});
    throw error;
  }
}
