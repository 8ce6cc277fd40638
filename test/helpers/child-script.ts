/** TypeScript in a process of its own, so that it can be killed. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {bundled} from './bundled.js';

export interface ChildScript extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Resolves when the script has written this line. */
  said(line: string): Promise<void>;
  /** Exit code; null after a signal. Rejects with what it wrote to stderr when it failed. */
  ended(): Promise<number | null>;
}

export function runScript(script: string, ...args: readonly string[]): ChildScript {
  const child = spawn(process.execPath, [bundled(script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    child.emit('output');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const closed = once(child, 'close');
  const ended = async () => {
    await closed;
    if (child.exitCode !== 0 && child.signalCode === null) throw new Error(errors);
    return child.exitCode;
  };
  return {
    process: child,
    ended,
    async said(line) {
      while (!output.split('\n').includes(line)) {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(errors);
        await Promise.race([once(child, 'output'), closed]);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
