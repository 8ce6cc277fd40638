/**
 * A plain tar of another machine → a directory: files, links and directories, and no more of them than was agreed.
 *
 * Throws  UnsafeEntryError for devices and FIFOs and for names that lead out, TarLimitError, and what `applyLayer` throws. Nothing is
 *         ever touched outside the directory.
 */
import {toText} from '../archive/byte-string.js';
import {TarLimitError} from '../archive/errors.js';
import {readTar} from '../archive/read-tar.js';
import type {TarHeader} from '../archive/tar-header.js';
import type {TarSink} from '../archive/tar-reader.js';
import {UnsafeEntryError} from './errors.js';
import {EntryApplier} from './target/entry-applier.js';
import {TargetTree} from './target/target-tree.js';

const KINDS: ReadonlySet<string> = new Set(['file', 'directory', 'symlink', 'hard-link']);

/** `mostBytes` of all files together; holes count. */
export async function unpackFiles(
  tar: AsyncIterable<Uint8Array>,
  path: string,
  {mostBytes}: {readonly mostBytes: number},
): Promise<void> {
  const tree = new TargetTree({upper: path, lowers: []});
  const applier = new EntryApplier(tree, {base: tree.root, whiteouts: false});
  try {
    await readTar(tar, new BoundedSink(applier, mostBytes));
    tree.files.finish();
  } finally {
    applier.release();
  }
}

class BoundedSink implements TarSink {
  readonly #applier: EntryApplier;
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(applier: EntryApplier, mostBytes: number) {
    this.#applier = applier;
    this.#mostBytes = mostBytes;
  }

  entry(header: TarHeader): void {
    if (!KINDS.has(header.type))
      throw new UnsafeEntryError(toText(header.name), `a ${header.type}`);
    this.#bytes += header.size;
    if (this.#bytes > this.#mostBytes) {
      throw new TarLimitError('bytes of files', this.#mostBytes, this.#bytes);
    }
    this.#applier.entry(header);
  }

  data(bytes: Buffer): void {
    this.#applier.data(bytes);
  }

  close(): void {
    this.#applier.close();
  }
}
