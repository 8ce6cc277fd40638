/** Where a command runs: this machine or the peers' lab, as root or as an ordinary user. */
import {spawnSync} from 'node:child_process';
import {commandPrefix, testUser} from '../helpers/users.js';

export interface Shell {
  /** What stands before a command line. */
  readonly prefix: readonly string[];
}

export const here: Shell = {prefix: []};

/** As another user of this machine, with a login's environment. */
export const as = (user: string): Shell => ({prefix: commandPrefix(testUser(user))});

/** Standard output of a shell command that must succeed. */
export function sh({prefix}: Shell, command: string): string {
  const result = attempt({prefix}, command);
  if (result.code !== 0) {
    throw new Error(`${command}\nexited with ${result.code}: ${result.output.slice(-2000)}`);
  }
  return result.output.trim();
}

export function attempt({prefix}: Shell, command: string): {code: number | null; output: string} {
  const [program = '', ...args] = [...prefix, 'bash', '-c', `exec 2>&1; ${command}`];
  const {status, stdout, error} = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
    cwd: '/',
  });
  return {code: status, output: error === undefined ? stdout : `${error.message}`};
}
