/**
 * The files of one layer, from its tar or from the directory it was unpacked to, without holding their content.
 *
 * Of a directory only names and metadata are read; a file's content when somebody asks for its digest. Of a tar every byte
 * passes by once, and is hashed on its way.
 */
import {createHash, type Hash} from 'node:crypto';
import type {ByteString} from '../../archive/byte-string.js';
import {decompress} from '../../archive/decompress.js';
import {TarLimitError} from '../../archive/errors.js';
import {readTar} from '../../archive/read-tar.js';
import type {TarHeader} from '../../archive/tar-header.js';
import type {TarSink} from '../../archive/tar-reader.js';
import {digestFile} from '../source/file-digest.js';
import {UpperWalk} from '../upper-walk.js';
import type {ContentDigest} from './file-node.js';

export type LayerSource =
  | {readonly kind: 'directory'; readonly path: string}
  /** Plain or compressed. */
  | {readonly kind: 'tar'; readonly bytes: AsyncIterable<Uint8Array>};

export interface LayerFile {
  /** Deletions as in a tar: names that begin with `.wh.`. */
  readonly header: TarHeader;
  /** Of a file. */
  readonly digest: ContentDigest | undefined;
}

/** What a tree of files in memory has room for. */
const MAX_ENTRIES = 5_000_000;

/** Throws what src/archive throws for bytes that are no layer, and TarLimitError for more than five million files. */
export async function readLayer(
  source: LayerSource,
  onFile: (file: LayerFile) => void,
): Promise<void> {
  let entries = 0;
  const counted = (file: LayerFile): void => {
    if (++entries > MAX_ENTRIES) throw new TarLimitError('number of files', MAX_ENTRIES, entries);
    onFile(file);
  };
  if (source.kind === 'directory') readDirectory(source.path, counted);
  else {
    const {bytes} = await decompress(source.bytes);
    await readTar(bytes, new HashingSink(counted));
  }
}

function readDirectory(path: string, onFile: (file: LayerFile) => void): void {
  const walk = new UpperWalk(path);
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    const {header} = entry;
    onFile({header, digest: header.type === 'file' ? laterDigest(entry.path, header) : undefined});
  }
}

function laterDigest(path: ByteString, {size}: TarHeader): ContentDigest {
  let digest: string | undefined;
  return () => {
    digest ??= digestFile(path, size);
    return digest;
  };
}

class HashingSink implements TarSink {
  readonly #onFile: (file: LayerFile) => void;
  #header: TarHeader | undefined;
  #hash: Hash | undefined;

  constructor(onFile: (file: LayerFile) => void) {
    this.#onFile = onFile;
  }

  entry(header: TarHeader): void {
    this.#header = header;
    this.#hash = header.type === 'file' ? createHash('sha256') : undefined;
    // Where the data of a sparse file stands is part of what it holds.
    if (header.sparse !== undefined) this.#hash?.update(JSON.stringify(header.sparse));
  }

  data(bytes: Buffer): void {
    this.#hash?.update(bytes);
  }

  close(): void {
    if (this.#header === undefined) return;
    const digest = this.#hash?.digest('hex');
    this.#onFile({header: this.#header, digest: digest === undefined ? undefined : () => digest});
    this.#header = undefined;
  }
}
