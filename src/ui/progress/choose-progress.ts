/** From `--progress` to a mode's reducer; `auto` is a terminal's picture only where stderr is a terminal. */
import {ClassicProgress} from './classic.js';
import {PlainProgress} from './plain.js';
import type {Mode, Progress, Sink} from './progress.js';
import {QuietProgress} from './quiet.js';
import {RawJSONProgress} from './raw-json.js';
import {type Terminal, TtyProgress} from './tty.js';

export interface Surroundings {
  readonly write: Sink;
  /** Undefined where stderr is no terminal. */
  readonly terminal: Terminal | undefined;
  /** Time of day in milliseconds at the start. */
  readonly epoch: number;
}

export function chooseProgress(mode: Mode, around: Surroundings): Progress {
  const {write, terminal, epoch} = around;
  switch (mode) {
    case 'auto':
      return terminal === undefined ? new PlainProgress(write) : new TtyProgress(write, terminal);
    case 'tty':
      return new TtyProgress(write, terminal ?? UNKNOWN_TERMINAL);
    case 'plain':
      return new PlainProgress(write);
    case 'classic':
      return new ClassicProgress(write);
    case 'rawjson':
      return new RawJSONProgress(write, epoch);
    case 'quiet':
    case 'none':
      return new QuietProgress(write);
  }
}

/** `--progress tty` into a pipe: the size VT100 had, no colour. */
const UNKNOWN_TERMINAL: Terminal = {
  size: () => ({columns: 80, rows: 24, color: false}),
  logLines: 6,
};
