/**
 * What a COPY takes, as one string: cheap to hand to another thread and to keep beside a cache key.
 *
 * Ten fields an entry, each ended by NUL, which no name contains. An entry of kind `source` opens a source: its path
 * is where the source is inside the root, its link the name it has when it is copied into a directory. The entries
 * after it have paths relative to that place; '' is the source itself.
 */
import type {ByteString} from '../archive/byte-string.js';

type ManifestKind =
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

/** A string as long as V8 allows holds several million entries. */
export function* readManifest(manifest: string): Generator<ManifestEntry, void, undefined> {
  let from = 0;
  const text = (): string => {
    const end = manifest.indexOf('\0', from);
    const field = manifest.slice(from, end);
    from = end + 1;
    return field;
  };
  const number = (): number => {
    let value = 0;
    const negative = manifest.charCodeAt(from) === 0x2d;
    if (negative) from++;
    for (let code = manifest.charCodeAt(from++); code !== 0; code = manifest.charCodeAt(from++)) {
      value = value * 10 + code - 0x30;
    }
    return negative ? -value : value;
  };
  while (from < manifest.length) {
    yield {
      kind: text() as ManifestKind,
      path: text(),
      mode: number(),
      uid: number(),
      gid: number(),
      size: number(),
      mtime: number(),
      link: text(),
      digest: text(),
      xattrs: parseXattrs(text()),
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
