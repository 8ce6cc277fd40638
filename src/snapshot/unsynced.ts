/**
 * snapshots/unsynced/<id>: one for each snapshot that may not survive a power cut yet, so that nobody looks through all for them.
 *
 * A mark is there before its snapshot, and a crash may leave one without: it says where to look, no more.
 */
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {namesIn} from '../base/names-in.js';
import {isSnapshotID} from './snapshot-record.js';

export class Unsynced {
  readonly #folder: string;

  constructor(snapshots: string) {
    this.#folder = join(snapshots, 'unsynced');
    mkdirSync(this.#folder, {recursive: true});
  }

  ids(): readonly string[] {
    return namesIn(this.#folder).filter(isSnapshotID);
  }

  add(id: string): void {
    writeFileSync(join(this.#folder, id), '');
  }

  remove(id: string): void {
    rmSync(join(this.#folder, id), {force: true});
  }
}
