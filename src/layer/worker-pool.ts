/**
 * Worker threads for jobs: at most one for each processor, started when needed, kept for the next job, and never a
 * reason for the process to stay.
 */
import {createRequire} from 'node:module';
import {availableParallelism} from 'node:os';
import {pathToFileURL} from 'node:url';
import {Worker} from 'node:worker_threads';
import {Bug} from '../base/bug.js';
import type {Job, JobResults} from './job.js';
import {type FromWorker, type ToWorker, unpackError} from './worker-messages.js';

/** Chunks on their way to a worker. */
const AHEAD = 8;

const LIMIT = availableParallelism();

/** A wish for as many workers at once. */
interface Wish {
  readonly count: number;
  readonly grant: (workers: Worker[]) => void;
}

const idle: Worker[] = [];
const wishes: Wish[] = [];
let running = 0;

/** Whether there may be as many workers at once. */
export const hasWorkers = (count: number): boolean => count <= LIMIT;

/** Of `bytes`, a chunk that fills its buffer is moved: it must be nobody's any more. */
export async function runInWorker<Kind extends Job['kind']>(
  job: Job & {readonly kind: Kind},
  bytes?: AsyncIterable<Uint8Array>,
): Promise<JobResults[Kind]> {
  const [worker] = await acquire(1);
  return run<Kind>(worker as Worker, job, bytes);
}

/** Two jobs that wait for each other; the bytes are the first one's. `hasWorkers(2)` before. */
export async function runTogether<First extends Job['kind'], Second extends Job['kind']>(
  first: Job & {readonly kind: First},
  second: Job & {readonly kind: Second},
  bytes: AsyncIterable<Uint8Array>,
): Promise<readonly [Promise<JobResults[First]>, Promise<JobResults[Second]>]> {
  const [one, other] = await acquire(2);
  return [run<First>(one as Worker, first, bytes), run<Second>(other as Worker, second)];
}

async function run<Kind extends Job['kind']>(
  worker: Worker,
  job: Job,
  bytes?: AsyncIterable<Uint8Array>,
): Promise<JobResults[Kind]> {
  const conversation = new Conversation(worker);
  try {
    conversation.say({kind: 'job', job});
    if (bytes !== undefined) await conversation.feed(bytes);
    return (await conversation.result) as JobResults[Kind];
  } finally {
    conversation.end();
    if (conversation.isOver) release(worker);
    else retire(worker);
  }
}

function acquire(count: number): Promise<Worker[]> {
  return new Promise((grant) => {
    wishes.push({count, grant});
    serve();
  });
}

/** In the order in which they came: one for two is not passed over by those for one. */
function serve(): void {
  for (let [wish] = wishes; wish !== undefined; [wish] = wishes) {
    if (idle.length + LIMIT - running < wish.count) return;
    wishes.shift();
    wish.grant(Array.from({length: wish.count}, take));
  }
}

function take(): Worker {
  const worker = idle.pop() ?? start();
  worker.ref();
  return worker;
}

function release(worker: Worker): void {
  worker.unref();
  idle.push(worker);
  serve();
}

/** A worker in an unknown state does no further job. */
function retire(worker: Worker): void {
  void worker.terminate();
  running--;
  serve();
}

function start(): Worker {
  running++;
  return spawn();
}

/** Much is allocated and soon forgotten: room for it to be forgotten in keeps the collector from copying it about; more is no faster. */
const resourceLimits = {maxYoungGenerationSizeMb: 24};

/** Beside the bundle the worker is a file of its own; from source a loader for TypeScript has to come first. */
function spawn(): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./layer-worker.js', import.meta.url), {
      execArgv: [],
      resourceLimits,
    });
  }
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/package.json'));
  const loader = new URL('./dist/esm/api/index.mjs', tsx).href;
  const entry = new URL('./worker.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(loader)}).then(({register}) => {
    register();
    return import(${JSON.stringify(entry)});
  });`;
  return new Worker(script, {eval: true, execArgv: [], resourceLimits});
}

/** One job and the worker that does it. */
class Conversation {
  readonly result: Promise<JobResults[Job['kind']]>;
  isOver = false;
  readonly #worker: Worker;
  #resolve: (result: JobResults[Job['kind']]) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;
  #onTheWay = 0;
  #taken: (() => void) | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may fail while bytes are still being fed.
    this.result.catch(() => undefined);
    worker.on('message', this.#hear).on('error', this.#fail).on('exit', this.#exit);
  }

  readonly #hear = (message: FromWorker): void => {
    if (message.kind === 'taken') {
      this.#onTheWay--;
    } else {
      this.isOver = true;
      if (message.kind === 'done') this.#resolve(message.result);
      else this.#reject(unpackError(message.error));
    }
    this.#taken?.();
  };

  readonly #fail = (error: Error): void => {
    this.#reject(error);
    this.#taken?.();
  };

  readonly #exit = (code: number): void =>
    this.#fail(new Bug(`a layer worker exited with ${code} in the middle of its job`));

  say(message: ToWorker, moved: readonly ArrayBufferLike[] = []): void {
    this.#worker.postMessage(message, moved as ArrayBuffer[]);
  }

  /** Sends the bytes, a few chunks ahead; stops when the job is over before they are. */
  async feed(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of bytes) {
        if (this.isOver) break;
        const moved = alone(chunk);
        this.say({kind: 'bytes', bytes: moved}, [moved.buffer]);
        this.#onTheWay++;
        while (this.#onTheWay >= AHEAD && !this.isOver) await this.#nextTaken();
      }
      this.say({kind: 'end'});
    } catch (error) {
      this.say({kind: 'abort'});
      await this.result.catch(() => undefined);
      throw error;
    }
  }

  #nextTaken(): Promise<unknown> {
    const taken = new Promise<void>((resolve) => {
      this.#taken = resolve;
    });
    return Promise.race([taken, this.result]);
  }

  end(): void {
    this.#worker.off('message', this.#hear).off('error', this.#fail).off('exit', this.#exit);
  }
}

const alone = (chunk: Uint8Array): Uint8Array =>
  chunk.byteLength === chunk.buffer.byteLength ? chunk : new Uint8Array(chunk);
