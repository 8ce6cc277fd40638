/** What is told of a build below its progress: warnings of what it went on without, and why steps ran. */
import type {BuildEvent} from '../../app/build/build-event.js';
import {printable} from '../text/printable.js';
import {explanationLines} from './explanation-lines.js';

export const warningLine = (message: string): string => `warning: ${printable(message)}`;

export class BuildRemarks {
  readonly #warnings: string[] = [];
  readonly #explanations: string[] = [];

  on(event: BuildEvent): void {
    if (event.kind === 'warning') this.#warnings.push(warningLine(event.message));
    if (event.kind !== 'explained') return;
    this.#explanations.push(...explanationLines(event.vertex.name, event.explanation));
  }

  /** Explanations in the order in which the steps ended. */
  lines(): readonly string[] {
    return [...this.#warnings, ...this.#explanations];
  }
}
