/** `type=tar`: the result's files as one tar, with their owners. SOURCE_DATE_EPOCH is the time of them all. */
import {secondsOf} from '../../base/clock.js';
import {withTimes} from '../../layer/entry-walk.js';
import {MergedWalk} from '../../layer/root/merged-walk.js';
import {streamTar} from '../../layer/stream.js';
import {type ArchivePlace, checkArchivePlace, writeArchive} from '../archive/write-archive.js';
import type {BuildResult, Exporter} from '../exporter.js';
import {stackOf} from '../image/stack-of.js';

export class TarExporter implements Exporter {
  readonly #place: ArchivePlace;

  constructor(place: ArchivePlace) {
    this.#place = place;
  }

  check(): void {
    checkArchivePlace(this.#place);
  }

  async export(result: BuildResult): Promise<undefined> {
    const {definition, epoch, signal} = result;
    const layers = stackOf(definition.target, result).map(({path}) => path);
    const walk = new MergedWalk(layers.reverse());
    const mtime = epoch && secondsOf(epoch);
    const files = withTimes(walk, (own) => mtime ?? own);
    await writeArchive(streamTar(files), this.#place, signal);
  }
}
