/**
 * What was learnt of addresses: which file was there, and what its server calls that version.
 *
 * Hints, as the result cache's entries are: one that is torn is none. The address is not in them, for it may hold secrets.
 */
import {randomBytes} from 'node:crypto';
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Digest, digestOf, hexOf, isDigest} from '../../oci/digest.js';

export interface FileRecord {
  readonly digest: Digest;
  readonly size: number;
  /** As the server wrote them; absent where it did not. */
  readonly etag?: string;
  readonly lastModified?: string;
}

export class FileRecords {
  readonly #folder: string;

  /** The folder is made on demand. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  find(url: string): FileRecord | undefined {
    try {
      const record: FileRecord = JSON.parse(readFileSync(this.#path(url), 'utf8'));
      return isDigest(record.digest) ? record : undefined;
    } catch (error) {
      if (error instanceof SyntaxError || (error as {code?: unknown}).code === 'ENOENT') {
        return undefined;
      }
      throw error;
    }
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
