import type {RuntimeConfig} from '../oci/runtime-spec.js';
import {startProcess} from '../sandbox/run-process.js';
import type {RunRequest} from './run-request.js';

/** What a person or a supervisor sends to end or steer a program; the terminal's own keys reach it another way. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGINT'] as const;

/** Runs with this process's streams, passes signals on, and answers the exit code. */
export async function followProcess(
  config: RuntimeConfig,
  request: Pick<RunRequest, 'interactive' | 'tty' | 'init'>,
): Promise<number> {
  const running = startProcess(config, {
    stdin: request.interactive ? 'inherit' : 'ignore',
    init: request.init ?? false,
  });
  const listeners = FORWARDED.map((signal) => {
    const forward = (): void => running.kill(signal);
    process.on(signal, forward);
    return () => process.off(signal, forward);
  });
  try {
    return (await running.exit).code;
  } finally {
    for (const stop of listeners) stop();
  }
}
