/**
 * A pull or push as docker tells it where nobody watches: a line for each thing that is done.
 *
 * With `quiet` only what went wrong on the way.
 */
import type {TransferEvent} from '../../app/registry/transfer-event.js';
import {troubleLine} from '../../app/registry/trouble-line.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {shortID} from '../../oci/digest.js';
import {compressionOf, isImageConfig} from '../../oci/media-type.js';
import {familiarReference, familiarRepository, repositoryOf} from '../../oci/reference.js';
import {printable} from '../text/printable.js';
import {formatBytes} from '../text/units.js';

export class TransferLines {
  readonly #write: (text: string) => void;
  readonly #quiet: boolean;
  #pushing = false;
  readonly #mounted = new Set<string>();

  constructor(write: (text: string) => void, {quiet}: {quiet: boolean}) {
    this.#write = write;
    this.#quiet = quiet;
  }

  on(event: TransferEvent): void {
    const line = troubleLine(event) ?? (this.#quiet ? undefined : this.#line(event));
    if (line !== undefined) this.#write(`${printable(line)}\n`);
  }

  end(): void {}

  #line(event: TransferEvent): string | undefined {
    switch (event.kind) {
      case 'missing':
        return `Unable to find image '${familiarReference(event.reference)}' locally`;
      case 'pulling': {
        const {reference} = event;
        return `${reference.tag ?? reference.digest}: Pulling from ${familiarRepository(reference)}`;
      }
      case 'pushing':
        this.#pushing = true;
        return `The push refers to repository [${repositoryOf(event.reference)}]`;
      case 'packing':
        return `${shortID(event.target.digest)}: Compressing ${formatBytes(event.target.size)}`;
      case 'mounted':
        this.#mounted.add(event.target.digest);
        return `${shortID(event.target.digest)}: Mounted from ${event.from}`;
      case 'exists':
        return this.#layerLine(
          event.target,
          this.#pushing ? 'Layer already exists' : 'Already exists',
        );
      case 'finished':
        if (this.#mounted.has(event.target.digest)) return undefined;
        return this.#layerLine(event.target, this.#pushing ? 'Pushed' : 'Pull complete');
      default:
        return undefined;
    }
  }

  #layerLine(target: Descriptor, text: string): string | undefined {
    return isLayer(target) ? `${shortID(target.digest)}: ${text}` : undefined;
  }
}

export const isLayer = ({mediaType}: Descriptor): boolean =>
  compressionOf(mediaType) !== undefined && !isImageConfig(mediaType);
