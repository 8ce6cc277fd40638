import type {RuntimeConfig} from '../../oci/runtime-spec.js';
import {startWith} from '../../sandbox/start-with.js';
import {containerOutput} from './container-output.js';
import type {RunRequest} from './run-request.js';

/** What a person or a supervisor sends to end or steer a program; the terminal's own keys reach it another way. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGINT'] as const;

interface Following {
  readonly request: RunRequest;
  readonly scratch: string;
  /** Told the pid of the process once it runs its program. */
  readonly onStart: (pid: number) => void;
}

/** Runs with this process's streams, passes signals on, and answers the exit code. */
export async function followProcess(
  config: RuntimeConfig,
  {request, scratch, onStart}: Following,
): Promise<number> {
  const running = startWith(config, {
    runtime: request.runtime,
    scratch,
    stdin: request.interactive ? 'inherit' : 'ignore',
    init: request.init ?? false,
    ...containerOutput(config),
  });
  void running.started.then((pid) => pid !== undefined && onStart(pid));
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
