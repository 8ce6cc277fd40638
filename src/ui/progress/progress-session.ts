/**
 * One build's progress: events in, a picture about ten times a second, an orderly end on every way out.
 *
 * The events' clock is not this process's; each event tells how far the two are apart.
 */
import {performance} from 'node:perf_hooks';
import type {BuildEvent} from '../../app/build/build-event.js';
import type {Progress} from './progress.js';

const INTERVAL = 100;

export class ProgressSession {
  readonly #progress: Progress;
  readonly #timer: NodeJS.Timeout;
  #zero = performance.now();
  #begun = false;

  constructor(progress: Progress) {
    this.#progress = progress;
    this.#timer = setInterval(() => this.#tick(), INTERVAL);
    this.#timer.unref();
  }

  readonly on = (event: BuildEvent): void => {
    this.#begun = true;
    if ('at' in event) this.#zero = performance.now() - event.at;
    this.#progress.on(event);
  };

  /** Safe to call again. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#begun) this.#progress.end(this.#at());
    this.#begun = false;
  }

  #tick(): void {
    if (this.#begun) this.#progress.tick?.(this.#at());
  }

  #at(): number {
    return Math.max(0, performance.now() - this.#zero);
  }
}
