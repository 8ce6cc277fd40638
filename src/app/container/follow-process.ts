import type {RuntimeConfig} from '../../oci/runtime-spec.js';
import type {RunningProcess} from '../../sandbox/run-process.js';
import {startWith} from '../../sandbox/start-with.js';
import {containerOutput} from './container-output.js';
import type {RunRequest} from './run-request.js';

/** What a person or a supervisor sends to end or steer a program; the terminal's own keys reach it another way. */
const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGINT'] as const;

/** Process 1 of a container that handles no signal is not ended by one: whoever asks so often means it. */
const TIMES_ASKED = 3;

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
  using _signals = onSignals(running, request.signalProxy ?? true);
  return (await running.exit).code;
}

/** Without a proxy this process's own end is meant, and what it runs ends with it. */
function onSignals(running: Pick<RunningProcess, 'kill'>, isProxy: boolean): Disposable {
  let asked = isProxy ? 0 : TIMES_ASKED;
  const listeners = FORWARDED.map((signal) => {
    const forward = (): void => {
      if (signal === 'SIGTERM' || signal === 'SIGINT') asked++;
      running.kill(asked < TIMES_ASKED ? signal : 'SIGKILL');
    };
    process.on(signal, forward);
    return () => process.off(signal, forward);
  });
  return {
    [Symbol.dispose]: () => {
      for (const stop of listeners) stop();
    },
  };
}
