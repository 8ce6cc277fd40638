import {closeSync} from 'node:fs';
import type {ByteString} from '../../archive/byte-string.js';
import type {TarHeader} from '../../archive/tar-header.js';
import type {FileMaker, Metadata, Parent} from './file-maker.js';
import {SegmentWriter} from './segment-writer.js';

interface FilePlace {
  readonly path: ByteString;
  readonly parent: Parent;
  readonly metadata: Metadata;
}

/** A regular file of a tar on its way to the disk. */
export class EntryFile {
  readonly header: TarHeader;
  readonly #files: FileMaker;
  readonly #place: FilePlace;
  readonly #file: number;
  readonly #writer: SegmentWriter;

  /** Throws EEXIST when the name is taken. */
  constructor(files: FileMaker, header: TarHeader, place: FilePlace) {
    this.header = header;
    this.#files = files;
    this.#place = place;
    this.#file = files.openFile(place.path, place.metadata);
    this.#writer = new SegmentWriter(this.#file, header);
  }

  write(bytes: Buffer): void {
    this.#writer.write(bytes);
  }

  close(): void {
    const {path, parent, metadata} = this.#place;
    try {
      this.#writer.end();
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
    this.#files.closeFile(this.#file, path, parent, metadata);
  }

  /** Lets go of it instead of closing it. */
  release(): void {
    closeSync(this.#file);
  }
}
