/** Nothing while it goes well: only the last words of a step that failed. */
import type {BuildEvent} from '../../app/build/build-event.js';
import {failureExcerpt} from './failure-excerpt.js';
import type {Progress, Sink} from './progress.js';
import {stepName} from './step-name.js';
import {VertexLog} from './vertex-log.js';

export class QuietProgress implements Progress {
  readonly #write: Sink;
  readonly #logs = new Map<string, VertexLog>();
  #failures = '';

  constructor(write: Sink) {
    this.#write = write;
  }

  on(event: BuildEvent): void {
    if (event.kind === 'started') this.#logs.set(event.vertex.id, new VertexLog(event.at));
    if (event.kind === 'log') {
      this.#logs.get(event.vertex.id)?.push(event.stream, event.data, event.at);
    }
    if (event.kind === 'finished') this.#logs.delete(event.vertex.id);
    if (event.kind !== 'failed') return;
    const log = this.#logs.get(event.vertex.id);
    log?.end(event.at);
    this.#failures += failureExcerpt(stepName(event.vertex), log?.tail ?? []);
  }

  end(): void {
    this.#write(this.#failures);
  }
}
