/**
 * snapshots/<id>/seal.json: the fingerprint of a layer's files when it was made, so that what was written to since is found
 * before a step builds on it, at the price of a look at each file.
 *
 * Where the fingerprint is another the files are read: only others than were recorded are damage. A layer that came as another
 * tool's tar gives that tar no more; of it a write, or another size, is. What nobody sealed, since its maker was killed, is read
 * once. Bytes that rot on the disk move no time: reading finds them (`cache verify`, `save`, `push`).
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Fingerprint} from '../layer/fingerprint.js';
import {fingerprintLayer} from '../layer/offload.js';
import {isForeign, readsAsRecorded} from './as-recorded.js';
import type {Snapshot} from './snapshotter.js';

export class Seals {
  readonly #folderOf: (id: string) => string;
  readonly #pending = new Set<Promise<void>>();
  /** Made here, or looked at: nobody else writes to them. */
  readonly #whole = new Map<string, Promise<boolean>>();

  constructor(folderOf: (id: string) => string) {
    this.#folderOf = folderOf;
  }

  /** Of a snapshot that was just made, while other work goes on. */
  seal({id, path}: Pick<Snapshot, 'id' | 'path'>): void {
    this.#whole.set(id, Promise.resolve(true));
    const sealing = fingerprintLayer(path).then(
      (found) => this.#write(id, found),
      // Gone again: there is nothing to seal.
      () => undefined,
    );
    this.#pending.add(sealing);
    void sealing.then(() => this.#pending.delete(sealing));
  }

  /** Until all that was begun is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** Once for each, in one process; damaged ones are made again. */
  async isWhole(snapshot: Snapshot): Promise<boolean> {
    const {id} = snapshot;
    const look = this.#whole.get(id) ?? this.#look(snapshot);
    this.#whole.set(id, look);
    if (await look) return true;
    this.#whole.delete(id);
    return false;
  }

  async #look(snapshot: Snapshot): Promise<boolean> {
    const {id, path} = snapshot;
    const found = await fingerprintLayer(path);
    const sealed = this.#read(id);
    if (sealed?.exact === found.exact) return true;
    const whole = isForeign(snapshot)
      ? sealed === undefined || sealed.loose === found.loose
      : await readsAsRecorded(snapshot);
    if (whole) this.#write(id, found);
    return whole;
  }

  /** Whether there is a fingerprint to hold it against. */
  has(id: string): boolean {
    return this.#read(id) !== undefined;
  }

  #write(id: string, seal: Fingerprint): void {
    try {
      writeFileSync(join(this.#folderOf(id), 'seal.json'), JSON.stringify(seal));
    } catch {
      // Pruned, or no room: without a seal it is read.
    }
  }

  /** Undefined also of what is torn. */
  #read(id: string): Fingerprint | undefined {
    try {
      return JSON.parse(readFileSync(join(this.#folderOf(id), 'seal.json'), 'utf8')) as Fingerprint;
    } catch {
      return undefined;
    }
  }
}
