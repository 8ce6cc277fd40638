/**
 * snapshots/layers/<diffID>: a link to one snapshot that has this layer.
 *
 * Links are hints: they are neither synced nor trusted, the snapshot's record decides.
 */
import {mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {type Digest, hexOf} from '../oci/digest.js';

export class LayerLinks {
  readonly #folder: string;

  constructor(snapshots: string) {
    this.#folder = join(snapshots, 'layers');
    mkdirSync(this.#folder, {recursive: true});
  }

  /** A snapshot's id. */
  read(diffID: Digest): string | undefined {
    try {
      return readlinkSync(this.#path(diffID));
    } catch {
      return undefined;
    }
  }

  /** `draft` is a free path on the same file system. */
  write(diffID: Digest, id: string, draft: string): void {
    if (this.read(diffID) === id) return;
    symlinkSync(id, draft);
    renameSync(draft, this.#path(diffID));
  }

  remove(diffID: Digest): void {
    rmSync(this.#path(diffID), {force: true});
  }

  #path(diffID: Digest): string {
    return join(this.#folder, hexOf(diffID));
  }
}
