/** `type=local`: the result's files in a directory, owned by whoever builds. SOURCE_DATE_EPOCH is the time of them all. */
import {join} from 'node:path';
import {secondsOf} from '../../base/clock.js';
import {exportFiles} from '../../layer/offload.js';
import {formatPlatform, type Platform} from '../../oci/platform.js';
import {checkDirectory} from '../check-directory.js';
import type {BuildResult, Exporter} from '../exporter.js';
import {stackOf} from '../image/stack-of.js';

export interface LocalOptions {
  readonly directory: string;
  /** `delete`: what the result does not have goes. */
  readonly mode: 'copy' | 'delete';
  /** Into a directory in it that is named for the platform. */
  readonly split: boolean;
}

/** As docker names it: `linux_arm64_v8`. */
const platformFolder = (platform: Platform): string =>
  formatPlatform(platform).replaceAll('/', '_');

export class LocalExporter implements Exporter {
  readonly #options: LocalOptions;

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  check(): void {
    checkDirectory(this.#options.directory);
  }

  async export(result: BuildResult): Promise<undefined> {
    const {directory, mode, split} = this.#options;
    const {definition, epoch} = result;
    const destination = split ? join(directory, platformFolder(definition.config)) : directory;
    const layers = stackOf(definition.target, result).map(({path}) => path);
    await exportFiles({
      layers: layers.reverse(),
      destination,
      mode,
      mtime: epoch && secondsOf(epoch),
    });
  }
}
