/** A command whose output is read whole. */
import {spawn} from 'node:child_process';

export interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function command(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Output> {
  const child = spawn(program, args, {
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = {stdout: '', stderr: ''};
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (data) => {
      text[stream] += data;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({code, ...text}));
  });
}

export async function succeed(
  line: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const {code, stdout, stderr} = await command(line, env);
  if (code !== 0) throw new Error(`${line.join(' ')} exited with ${code}:\n${stdout}${stderr}`);
  return stdout;
}
