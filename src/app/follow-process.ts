import type {RuntimeConfig} from '../oci/runtime-spec.js';
import {startWith} from '../sandbox/start-with.js';
import type {RunRequest} from './run-request.js';

/** What a person or a supervisor sends to end or steer a program; the terminal's own keys reach it another way. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGINT'] as const;

/** Runs with this process's streams, passes signals on, and answers the exit code. */
export async function followProcess(
  config: RuntimeConfig,
  {request, scratch}: {request: RunRequest; scratch: string},
): Promise<number> {
  const running = startWith(config, {
    runtime: request.runtime,
    scratch,
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
