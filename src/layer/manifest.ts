/**
 * What a COPY takes, as one string: cheap to hand to another thread and to keep beside a cache key.
 *
 * Ten fields an entry, each ended by NUL, which no name contains. An entry of kind `source` opens a source: its path
 * is where the source is inside the root, its link the name it has when it is copied into a directory. The entries
 * after it have paths relative to that place; '' is the source itself.
 */
import type {ByteString} from '../archive/byte-string.js';

export type ManifestKind =
  | 'source'
  | 'file'
  | 'directory'
  | 'symlink'
  | 'character-device'
  | 'block-device'
  | 'fifo';

export interface ManifestEntry {
  readonly kind: ManifestKind;
  readonly path: ByteString;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Whole seconds. */
  readonly mtime: number;
  /** Of a symlink its target, of a device `<major>:<minor>`. */
  readonly link: ByteString;
  /** sha256 of a file's bytes, hexadecimal. */
  readonly digest: string;
  readonly xattrs: ReadonlyMap<string, Buffer> | undefined;
}

const FIELDS = 10;

/** A string as long as V8 allows holds several million entries. */
export function* readManifest(manifest: string): Generator<ManifestEntry, void, undefined> {
  const fields = manifest.split('\0');
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    yield {
      kind: fields[at] as ManifestKind,
      path: fields[at + 1] as string,
      mode: Number(fields[at + 2]),
      uid: Number(fields[at + 3]),
      gid: Number(fields[at + 4]),
      size: Number(fields[at + 5]),
      mtime: Number(fields[at + 6]),
      link: fields[at + 7] as string,
      digest: fields[at + 8] as string,
      xattrs: parseXattrs(fields[at + 9] as string),
    };
  }
}

/** What enters the content digest of an entry, FEATURES C2: all but the time. */
export const headerText = (entry: ManifestEntry, path: ByteString): string =>
  `${entry.kind}\0${path}\0${entry.mode}\0${entry.uid}\0${entry.gid}\0${entry.size}\0${entry.link}\0${entry.digest}\0${formatXattrs(entry.xattrs)}\0`;

export const manifestText = (entry: ManifestEntry): string =>
  `${entry.kind}\0${entry.path}\0${entry.mode}\0${entry.uid}\0${entry.gid}\0${entry.size}\0${entry.mtime}\0${entry.link}\0${entry.digest}\0${formatXattrs(entry.xattrs)}\0`;

function formatXattrs(xattrs: ReadonlyMap<string, Buffer> | undefined): string {
  if (xattrs === undefined) return '';
  return [...xattrs.keys()]
    .sort()
    .map((name) => `${encodeURIComponent(name)}=${xattrs.get(name)?.toString('base64url')}`)
    .join('&');
}

function parseXattrs(text: string): Map<string, Buffer> | undefined {
  if (text === '') return undefined;
  return new Map(
    text.split('&').map((pair) => {
      const equals = pair.indexOf('=');
      const value = Buffer.from(pair.slice(equals + 1), 'base64url');
      return [decodeURIComponent(pair.slice(0, equals)), value] as const;
    }),
  );
}
