/**
 * What a COPY takes, written and read as it comes, for there may be a million files: 130 bytes each, in memory that threads share.
 *
 * Ten fields an entry, each ended by NUL, which no name contains. An entry of kind `source` opens a source: its path
 * is where the source is inside the root, its link the name it has when it is copied into a directory. The entries
 * after it have paths relative to that place; '' is the source itself, and comes first.
 */
import type {ByteString} from '../archive/byte-string.js';
import {Bug} from '../base/bug.js';

export interface Manifest {
  /** Of which something is taken. */
  readonly sources: number;
  /** How many of these are no directories. */
  readonly singles: number;
  /** Latin-1, whole entries each. */
  readonly chunks: readonly Uint8Array[];
}

export const emptyManifest: Manifest = {sources: 0, singles: 0, chunks: []};

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

type Opening = Pick<ManifestEntry, 'path' | 'link'>;

const CHUNK = 1 << 16;

export class ManifestWriter {
  readonly #chunks: Uint8Array[] = [];
  #text = '';
  #opening: Opening | undefined;
  #sources = 0;
  #singles = 0;

  /** What is added now is of this source. */
  open(path: ByteString, link: ByteString): void {
    this.#opening = {path, link};
  }

  add(entry: ManifestEntry): void {
    if (this.#opening !== undefined) this.#begin(this.#opening, entry);
    this.#text += manifestText(entry);
    if (this.#text.length > CHUNK) this.#flush();
  }

  finish(): Manifest {
    this.#flush();
    return {sources: this.#sources, singles: this.#singles, chunks: this.#chunks};
  }

  #begin(opening: Opening, {kind}: ManifestEntry): void {
    this.#opening = undefined;
    this.#sources++;
    if (kind !== 'directory') this.#singles++;
    this.#text += manifestText({...nothing, ...opening});
  }

  #flush(): void {
    if (this.#text === '') return;
    const chunk = new SharedArrayBuffer(this.#text.length);
    Buffer.from(chunk).write(this.#text, 'latin1');
    this.#chunks.push(new Uint8Array(chunk));
    this.#text = '';
  }
}

const nothing: ManifestEntry = {
  kind: 'source',
  path: '',
  mode: 0,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
  link: '',
  digest: '',
  xattrs: undefined,
};

/** Of one source. */
export function manifestOf({path, link}: Opening, entries: Iterable<ManifestEntry>): Manifest {
  const writer = new ManifestWriter();
  writer.open(path, link);
  for (const entry of entries) writer.add(entry);
  return writer.finish();
}

/** One source, while its entries are being read. */
export interface ManifestSource {
  readonly opening: ManifestEntry;
  readonly first: ManifestEntry;
  /** The first among them. To be taken before the next source is. */
  readonly entries: Iterable<ManifestEntry>;
}

export function* readSources(manifest: Manifest): Generator<ManifestSource, void, undefined> {
  const all = readManifest(manifest);
  let at = all.next();
  function* entries(first: ManifestEntry): Generator<ManifestEntry, void, undefined> {
    yield first;
    for (at = all.next(); !at.done && at.value.kind !== 'source'; at = all.next()) yield at.value;
  }
  while (!at.done) {
    const opening = at.value;
    at = all.next();
    if (at.done) throw new Bug('a source without entries is not written');
    yield {opening, first: at.value, entries: entries(at.value)};
    while (!at.done && at.value.kind !== 'source') at = all.next();
  }
}

export function* readManifest({chunks}: Manifest): Generator<ManifestEntry, void, undefined> {
  for (const chunk of chunks) yield* readChunk(Buffer.from(chunk.buffer).toString('latin1'));
}

function* readChunk(manifest: string): Generator<ManifestEntry, void, undefined> {
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

/** What enters the digest of a selection for an entry: all but the time. */
export const headerText = (entry: ManifestEntry, path: ByteString): string =>
  `${entry.kind}\0${path}\0${entry.mode}\0${entry.uid}\0${entry.gid}\0${entry.size}\0${entry.link}\0${entry.digest}\0${formatXattrs(entry.xattrs)}\0`;

const manifestText = (entry: ManifestEntry): string =>
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
