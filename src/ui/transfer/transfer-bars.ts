/** The same on a terminal: a bar for each layer that moves, and what is done as lines above. */
import type {TransferEvent} from '../../app/registry/transfer-event.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {type Digest, shortID} from '../../oci/digest.js';
import {LiveArea} from '../progress/live-area.js';
import {cutToWidth} from '../text/text-width.js';
import {formatBytes} from '../text/units.js';
import {isLayer, type TransferLines} from './transfer-lines.js';

interface Moving {
  readonly target: Descriptor;
  readonly label: string;
  done: number;
}

/** Milliseconds between pictures. */
const EVERY = 100;
const WIDTH = 30;

export class TransferBars {
  readonly #lines: TransferLines;
  readonly #columns: () => number;
  readonly #area: LiveArea;
  readonly #moving = new Map<Digest, Moving>();
  #drawnAt = 0;

  constructor(
    lines: TransferLines,
    terminal: {write: (text: string) => void; columns: () => number},
  ) {
    this.#lines = lines;
    this.#columns = terminal.columns;
    this.#area = new LiveArea(terminal.write);
  }

  on(event: TransferEvent): void {
    switch (event.kind) {
      case 'packing':
        this.#start(event.target, 'Compressing');
        break;
      case 'started':
        if (isLayer(event.target)) this.#start(event.target, '');
        break;
      case 'progress': {
        const moving = this.#moving.get(event.target.digest);
        if (moving !== undefined) moving.done = event.done;
        break;
      }
      default:
        if (event.kind === 'finished' || event.kind === 'packed')
          this.#moving.delete(event.target.digest);
        this.#area.draw([]);
        this.#lines.on(event);
    }
    this.#draw(event.kind !== 'progress');
  }

  end(): void {
    this.#moving.clear();
    this.#area.draw([]);
    this.#area.close();
  }

  #start(target: Descriptor, label: string): void {
    this.#moving.set(target.digest, {target, label, done: 0});
  }

  #draw(always: boolean): void {
    const now = performance.now();
    if (!always && now - this.#drawnAt < EVERY) return;
    this.#drawnAt = now;
    const columns = this.#columns();
    this.#area.draw([...this.#moving.values()].map((each) => cutToWidth(bar(each), columns)));
  }
}

function bar({target: {digest, size}, label, done}: Moving): string {
  if (label !== '') return `${shortID(digest)}: ${label} ${formatBytes(size, 3)}`;
  const filled = size === 0 ? WIDTH : Math.min(WIDTH, Math.floor((done / size) * WIDTH));
  const drawn = `${'='.repeat(filled)}${filled < WIDTH ? '>' : ''}`.padEnd(WIDTH + 1);
  return `${shortID(digest)}: [${drawn}] ${formatBytes(done, 3)}/${formatBytes(size, 3)}`;
}
