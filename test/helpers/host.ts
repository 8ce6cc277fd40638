import {execFileSync} from 'node:child_process';

/** Runs a program of this machine, and gives what it wrote to stdout. */
export const host = (program: string, ...args: string[]): string =>
  execFileSync(program, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']});
