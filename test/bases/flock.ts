/** An exclusive flock(2) around an action, held by util-linux's flock so that no addon is needed. */
import {spawn} from 'node:child_process';

export async function withFlock<T>(path: string, action: () => Promise<T>): Promise<T> {
  // `cat` holds the lock until its stdin closes: with this process at the latest
  const holder = spawn('flock', [path, 'sh', '-c', 'echo locked; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    holder.once('error', reject);
    holder.once('exit', (code) => reject(new Error(`flock ${path} exited with ${code}`)));
    holder.stdout.once('data', () => resolve());
  });
  try {
    return await action();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
