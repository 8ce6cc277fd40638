import {OutputLostError} from '../errors.js';
import {reportError} from './report-error.js';

/**
 * A reader that leaves early, as in `tsbuild images | head -1`, is no failure: the rest is thrown away. Where bytes are lost to
 * a disk that is full the process ends at once with code 1: nothing that it goes on to do could be told.
 */
export function endOnLostOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    // oclif listens as well, and throws.
    process[name].prependListener('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') return;
      const {text, exitCode} = reportError(new OutputLostError(name, error));
      if (name === 'stdout') process.stderr.write(text);
      process.exit(exitCode);
    });
  }
}

/** Until what was written is with its readers: what a pipe has no room for waits in this process, and would go with it. */
export async function outputTaken(): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map(taken));
}

const taken = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    // That a write failed is told in the next tick.
    if (stream.writableLength === 0 || stream.destroyed) process.nextTick(resolve);
    else stream.once('close', resolve).write('', () => resolve());
  });
