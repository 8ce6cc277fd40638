/**
 * What was learnt of addresses: which file was there, and what its server calls that version.
 *
 * Hints, as the result cache's entries are: one that is torn is none. The address is not in them, for it may hold secrets.
 */
import {randomBytes} from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {now} from '../../base/clock.js';
import {namesIn} from '../../base/names-in.js';
import {type Digest, digestOf, hexOf, isDigest} from '../../oci/digest.js';

export interface FileRecord {
  readonly digest: Digest;
  readonly size: number;
  /** As the server wrote them; absent where it did not. */
  readonly etag?: string;
  readonly lastModified?: string;
}

/** One that is kept, for those who look what is there. */
export interface KeptRecord extends Pick<FileRecord, 'digest'> {
  /** Of its file: hexadecimal. */
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly lastUsedAt: string;
  /** Bytes of the record: the file itself is not here. */
  readonly size: number;
}

export class FileRecords {
  readonly #folder: string;

  /** The folder is made on demand. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  find(url: string): FileRecord | undefined {
    return read(this.#path(url));
  }

  /** It was right, once more. */
  touch(url: string): void {
    const time = now();
    ifThere(() => utimesSync(this.#path(url), time, time));
  }

  *list(): Generator<KeptRecord> {
    for (const file of namesIn(this.#folder)) {
      const name = /^([0-9a-f]{64})\.json$/.exec(file)?.[1];
      const path = join(this.#folder, file);
      const digest = name === undefined ? undefined : read(path)?.digest;
      const stat = ifThere(() => statSync(path));
      if (name === undefined || digest === undefined || stat === undefined) continue;
      const {birthtime, mtime, size} = stat;
      yield {
        name,
        digest,
        createdAt: birthtime.toISOString(),
        lastUsedAt: mtime.toISOString(),
        size,
      };
    }
  }

  /** By the name that `list` gives. */
  remove(name: string): void {
    rmSync(join(this.#folder, `${name}.json`), {force: true});
  }

  put(url: string, record: FileRecord): void {
    mkdirSync(this.#folder, {recursive: true});
    const path = this.#path(url);
    const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
    writeFileSync(draft, JSON.stringify(record));
    renameSync(draft, path);
  }

  #path(url: string): string {
    return join(this.#folder, `${hexOf(digestOf(url))}.json`);
  }
}

function read(path: string): FileRecord | undefined {
  try {
    const text = ifThere(() => readFileSync(path, 'utf8'));
    const record = JSON.parse(text ?? 'null') as FileRecord | null;
    return record !== null && isDigest(record.digest) ? record : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function ifThere<Out>(act: () => Out): Out | undefined {
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
