/**
 * How a build is told to a person or a program: events go in, text comes out on one sink.
 *
 * A mode is a reducer: it reads the time from the events (`at`), so the same events give the same text.
 */
import type {BuildEvent} from '../../app/build/build-event.js';

export interface Progress {
  on(event: BuildEvent): void;
  /** Called about ten times a second while the build runs; `at` on the events' clock, in milliseconds. */
  tick?(at: number): void;
  /** After the last event, also when the build failed or was canceled. `at` as for tick. */
  end(at: number): void;
}

/** Where text goes: whole lines or, for a terminal, whole frames. */
export type Sink = (text: string) => void;

export const MODES = ['auto', 'tty', 'plain', 'classic', 'rawjson', 'quiet', 'none'] as const;
export type Mode = (typeof MODES)[number];
