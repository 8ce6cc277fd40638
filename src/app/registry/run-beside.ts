/** A command of the user's, run beside what tsbuild holds for it. */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {constants} from 'node:os';
import {InvalidOptionError} from '../errors.js';

export interface Beside {
  /** Added to this process's. */
  readonly env: Readonly<Record<string, string>>;
  /** Sends it SIGTERM; it comes to its own end. */
  readonly signal: AbortSignal;
}

/** Its exit code, or 128 and the number of the signal that ended it. Throws InvalidOptionError where there is no such program. */
export async function runBeside(
  [program = '', ...args]: readonly string[],
  {env, signal}: Beside,
): Promise<number> {
  const child = spawn(program, args, {stdio: 'inherit', env: {...process.env, ...env}});
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, {once: true});
  try {
    const [code, name] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[name ?? 'SIGKILL'];
  } catch (cause) {
    throw new InvalidOptionError('command', `cannot run ${JSON.stringify(program)}`, cause);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
