/** Compression formats by their first bytes. Source: RFC 1952, bzip2, xz 1.2 and RFC 8878 (zstd) file formats. */
export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd';

/** As many bytes as `detectCompression` looks at. */
export const MAGIC_BYTES = 6;

const magics: readonly (readonly [Compression, Buffer])[] = [
  ['gzip', Buffer.from([0x1f, 0x8b, 0x08])],
  ['bzip2', Buffer.from('BZh', 'latin1')],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
];

export const detectCompression = (start: Uint8Array): Compression =>
  magics.find(([, magic]) => magic.equals(start.subarray(0, magic.length)))?.[0] ?? 'none';
