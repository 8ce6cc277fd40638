/** Entry of the worker threads: runs the jobs it is sent, one after the other. See offload.ts. */
import {parentPort} from 'node:worker_threads';
import {invariant} from '../base/bug.js';
import {runJob} from './job.js';
import {type FromWorker, packError, type ToWorker} from './worker-messages.js';

invariant(parentPort !== null, 'the layer worker runs in a thread');
const port = parentPort;
const say = (message: FromWorker): void => port.postMessage(message);

/** Messages that came and nobody asked for yet. */
const waiting: ToWorker[] = [];
let wake: (() => void) | undefined;

port.on('message', (message: ToWorker) => {
  waiting.push(message);
  wake?.();
});

async function next(): Promise<ToWorker> {
  while (waiting.length === 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  return waiting.shift() as ToWorker;
}

async function* bytesOfJob(): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const message = await next();
    if (message.kind === 'end') return;
    if (message.kind !== 'bytes') throw new Error('the source of the bytes failed');
    say({kind: 'taken'});
    yield message.bytes;
  }
}

for (;;) {
  const message = await next();
  // What is left of the bytes of a job that failed.
  if (message.kind !== 'job') continue;
  try {
    say({kind: 'done', result: await runJob(message.job, bytesOfJob())});
  } catch (error) {
    say({kind: 'failed', error: packError(error)});
  }
}
