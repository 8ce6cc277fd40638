/** Tar archives made of parts, honest or not. */
import {BLOCK, blankHeader, type TarHeader} from '../../src/archive/tar-header.js';
import {END_OF_ARCHIVE, formatHeader, paddingOf} from '../../src/archive/tar-writer.js';

export type EntryDraft = Partial<TarHeader> & {
  readonly name: string;
  readonly content?: string | Buffer;
};

export function header(draft: Partial<TarHeader> & {readonly name: string}): TarHeader {
  return {...blankHeader, mode: 0o644, mtime: 1_700_000_000, ...draft};
}

/** One entry with its content, padded. */
export function entryBytes({content, ...draft}: EntryDraft): Buffer {
  const data = Buffer.from(content ?? '');
  const head = formatHeader(header({size: data.length, ...draft}));
  return Buffer.concat([head, data, Buffer.alloc(paddingOf(data.length))]);
}

export const endOfArchive = (): Buffer => Buffer.alloc(END_OF_ARCHIVE);

export const tarOf = (...entries: readonly EntryDraft[]): Buffer =>
  Buffer.concat([...entries.map(entryBytes), endOfArchive()]);

/** A block changed by hand, its checksum put right. */
export function patched(archive: Buffer, at: number, change: (block: Buffer) => void): Buffer {
  const bytes = Buffer.from(archive);
  const block = bytes.subarray(at, at + BLOCK);
  change(block);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
