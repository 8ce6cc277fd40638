/**
 * snapshots/<id>/seal.json: what tells whether a layer's files were written to since it was made, at the price of a look at each
 * and of reading none, so that it is found before a step builds on them.
 *
 *   time          of a layer that nobody has looked at yet: when all was in place, by the file system's clock, in milliseconds
 *   exact, loose  its fingerprint, from the first look on; of one that came as another tool's tar from its making on
 *
 * Where another fingerprint, or a ctime after `time`, tells of a change, a layer of our own is read: only other files than were
 * recorded are damage. A foreign one's files do not give its tar again: of it another loose fingerprint is. What nobody sealed,
 * since its maker was killed, is read once. Bytes that rot on the disk move no time, and nor does what is written before the first
 * look while the clock is set back: reading finds them (`cache verify`, `save`, `push`).
 */
import {readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Fingerprint} from '../layer/fingerprint.js';
import {fingerprintLayer} from '../layer/offload.js';
import {isForeign, readsAsRecorded} from './as-recorded.js';
import type {Snapshot} from './snapshotter.js';

type Seal = Partial<Pick<Fingerprint, 'exact' | 'loose'>> & {readonly time?: number | undefined};
type Sealed = Pick<Snapshot, 'id' | 'path' | 'diffID' | 'contentDigest'>;

const fingerprintOf = ({exact, loose}: Fingerprint): Seal => ({exact, loose});

export class Seals {
  readonly #folderOf: (id: string) => string;
  readonly #pending = new Set<Promise<void>>();
  /** Made here, or looked at: nobody else writes to them. */
  readonly #whole = new Map<string, Promise<boolean>>();

  constructor(folderOf: (id: string) => string) {
    this.#folderOf = folderOf;
  }

  /** Of a snapshot that is in its place, a foreign one while other work goes on. */
  seal(snapshot: Sealed): void {
    const {id} = snapshot;
    this.#whole.set(id, Promise.resolve(true));
    if (isForeign(snapshot)) this.#sealForeign(snapshot);
    else this.#write(id, {time: this.#now(id)});
  }

  #sealForeign({id, path}: Sealed): void {
    const sealing = fingerprintLayer(path).then(
      (found) => this.#write(id, fingerprintOf(found)),
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
    const {exact, loose, time = 0} = this.#read(id) ?? {};
    if (exact === found.exact) return true;
    const whole =
      found.newest <= time ||
      (isForeign(snapshot)
        ? loose === undefined || loose === found.loose
        : await readsAsRecorded(snapshot));
    if (whole) this.#write(id, fingerprintOf(found));
    return whole;
  }

  /** Whether there is a fingerprint to hold it against. */
  has(id: string): boolean {
    return this.#read(id) !== undefined;
  }

  /** By the clock that ctimes are taken from; undefined where nothing can be written. */
  #now(id: string): number | undefined {
    try {
      const path = this.#pathOf(id);
      writeFileSync(path, '');
      return statSync(path).ctimeMs;
    } catch {
      return undefined;
    }
  }

  #write(id: string, seal: Seal): void {
    try {
      writeFileSync(this.#pathOf(id), JSON.stringify(seal));
    } catch {
      // Pruned, or no room: without a seal it is read.
    }
  }

  /** Undefined also of what is torn. */
  #read(id: string): Seal | undefined {
    try {
      return JSON.parse(readFileSync(this.#pathOf(id), 'utf8')) as Seal;
    } catch {
      return undefined;
    }
  }

  readonly #pathOf = (id: string): string => join(this.#folderOf(id), 'seal.json');
}
