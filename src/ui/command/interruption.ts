/**
 * Ctrl-C and SIGTERM: the first asks the work to stop and clean up, the second ends the process.
 *
 * `signal` aborts with an InterruptedError as its reason. Exit codes are 128 and the signal's number.
 */
import {setMaxListeners} from 'node:events';
import {constants} from 'node:os';
import {InterruptedError} from '../errors.js';

export const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back their usual meaning. */
  dispose(): void;
}

export function abortOnSignals(signals = STOP_SIGNALS): Interruption {
  const controller = new AbortController();
  // All that goes on at once listens.
  setMaxListeners(0, controller.signal);
  const handlers = signals.map((name) => {
    const code = 128 + constants.signals[name];
    const handler = (): void => {
      if (controller.signal.aborted) process.exit(code);
      controller.abort(new InterruptedError(name, code));
    };
    process.on(name, handler);
    return {name, handler};
  });
  return {
    signal: controller.signal,
    dispose: () => {
      for (const {name, handler} of handlers) process.off(name, handler);
    },
  };
}
