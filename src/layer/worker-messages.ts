/** What a worker and its owner say to each other; one job at a time. */
import * as archiveErrors from '../archive/errors.js';
import {TsbuildError} from '../base/error.js';
import * as linuxErrors from '../linux/errors.js';
import * as layerErrors from './errors.js';
import type {Job, JobResults} from './job.js';

export type ToWorker =
  | {readonly kind: 'job'; readonly job: Job}
  | {readonly kind: 'bytes'; readonly bytes: Uint8Array}
  | {readonly kind: 'end'}
  /** The source of the bytes failed: the job fails, and its owner knows with what. */
  | {readonly kind: 'abort'};

export type FromWorker =
  /** One chunk was taken: another may come. */
  | {readonly kind: 'taken'}
  | {readonly kind: 'done'; readonly result: JobResults[Job['kind']]}
  | {readonly kind: 'failed'; readonly error: SentError};

/** An error as data: structured cloning would lose its class. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: SentError | undefined;
}

const classes: Readonly<Record<string, unknown>> = {
  ...archiveErrors,
  ...linuxErrors,
  ...layerErrors,
};

export function packError(error: unknown): SentError {
  if (!(error instanceof Error)) return packError(new Error(String(error)));
  const {name, message, stack, cause, ...fields} = error as Error & Record<string, unknown>;
  return {
    name: error instanceof TsbuildError ? error.constructor.name : name,
    message,
    stack,
    fields,
    cause: cause === undefined ? undefined : packError(cause),
  };
}

/** An error of the same class, code, fields and stack. */
export function unpackError(sent: SentError): Error {
  const cause = sent.cause === undefined ? {} : {cause: unpackError(sent.cause)};
  const error = Object.assign(new Error(sent.message, cause), sent.fields);
  const known = classes[sent.name];
  if (typeof known === 'function') Object.setPrototypeOf(error, known.prototype as object);
  Object.defineProperty(error, 'name', {value: sent.name, configurable: true, writable: true});
  if (sent.stack !== undefined) error.stack = sent.stack;
  return error;
}
