/** What `build --explain` tells after the progress, in the order in which the steps ended. */
import type {BuildEvent} from '../app/build-event.js';
import {explanationLines} from './explanation-lines.js';

export class BuildExplanations {
  readonly #lines: string[] = [];

  on(event: BuildEvent): void {
    if (event.kind !== 'explained') return;
    this.#lines.push(...explanationLines(event.vertex.name, event.explanation));
  }

  lines(): readonly string[] {
    return this.#lines;
  }
}
