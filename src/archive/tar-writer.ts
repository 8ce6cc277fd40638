/**
 * Tar headers as bytes: equal headers give equal bytes.
 *
 * A PAX header stands before an entry only when the entry needs it: a name or link name too long, a size of 8 GiB or
 * more, an id above 2097151, extended attributes. Nothing in it depends on time or machine.
 * Source  POSIX.1-2017, pax; SCHILY.xattr as written by star and Go's archive/tar.
 */
import {fromText} from './byte-string.js';
import {BLOCK, blankHeader, splitName, type TarHeader, writeHeaderBlock} from './tar-header.js';
import {formatPax, type PaxRecord, XATTR_PREFIX} from './tar-pax.js';

const OCTAL_7 = 8 ** 7;
const OCTAL_11 = 8 ** 11;

/** An archive ends with two blocks of zeros. */
export const END_OF_ARCHIVE = 2 * BLOCK;

/** Zeros that fill the last block of `size` bytes. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

/** The extended header that must stand before this one: header block, records, padding; undefined when none must. */
export function extendedHeader(header: TarHeader): Buffer | undefined {
  if (!needsExtension(header)) return undefined;
  const data = formatPax(extendedRecords(header));
  const block = Buffer.alloc(BLOCK + data.length + paddingOf(data.length));
  const base = header.name.replace(/\/$/, '').split('/').at(-1) ?? '';
  const name = `PaxHeaders.0/${base}`.slice(0, 100);
  const own = {...blankHeader, name, mode: 0o644, size: data.length};
  writeHeaderBlock(block, 0, own, {extended: true});
  data.copy(block, BLOCK);
  return block;
}

const needsExtension = (header: TarHeader): boolean =>
  header.xattrs !== undefined ||
  header.linkName.length > 100 ||
  header.uid >= OCTAL_7 ||
  header.gid >= OCTAL_7 ||
  header.size >= OCTAL_11 ||
  splitName(header.name) === undefined;

function extendedRecords(header: TarHeader): PaxRecord[] {
  const records: PaxRecord[] = [];
  if (header.gid >= OCTAL_7) records.push(['gid', String(header.gid)]);
  if (header.linkName.length > 100) records.push(['linkpath', header.linkName]);
  if (splitName(header.name) === undefined) records.push(['path', header.name]);
  if (header.size >= OCTAL_11) records.push(['size', String(header.size)]);
  if (header.uid >= OCTAL_7) records.push(['uid', String(header.uid)]);
  for (const name of [...(header.xattrs?.keys() ?? [])].sort()) {
    const value = (header.xattrs?.get(name) ?? Buffer.alloc(0)).toString('latin1');
    records.push([XATTR_PREFIX + fromText(name), value]);
  }
  return records;
}

/** Header, and the extended header it needs, as one buffer. */
export function formatHeader(header: TarHeader): Buffer {
  const extended = extendedHeader(header);
  const start = extended?.length ?? 0;
  const bytes = Buffer.alloc(start + BLOCK);
  extended?.copy(bytes);
  writeHeaderBlock(bytes, start, header);
  return bytes;
}
