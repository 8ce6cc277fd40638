import type {ByteString} from '../../archive/byte-string.js';
import type {TarHeader} from '../../archive/tar-header.js';

/** sha256 of a file's bytes, hexadecimal; may read the file the first time. */
export type ContentDigest = () => string;

/** A file of a root, as the last layer that speaks of it made it. */
export interface FileNode {
  /** Of a hard link: that of the file it names. */
  readonly header: TarHeader;
  /** Of a file. */
  readonly digest: ContentDigest | undefined;
  /** Bytes it takes in its layer; a hard link takes none. */
  readonly bytes: number;
  /** Number of its layer, from 0. */
  readonly layer: number;
  /** Of a directory: what is in it, whatever layer made that. */
  readonly children: Map<ByteString, FileNode> | undefined;
}

export interface Extent {
  readonly files: number;
  readonly bytes: number;
}

/** The file and all below it; directories count as no file. */
export function extentOf({children, bytes}: FileNode): Extent {
  if (children === undefined) return {files: 1, bytes};
  return sum([...children.values()].map(extentOf));
}

const sum = (extents: readonly Extent[]): Extent =>
  extents.reduce(
    (total, {files, bytes}) => ({files: total.files + files, bytes: total.bytes + bytes}),
    {files: 0, bytes: 0},
  );
