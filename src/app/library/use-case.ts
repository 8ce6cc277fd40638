/** What the library can ask of a process inside the namespaces, and what comes back. */
import type {BuildEvent} from '../build/build-event.js';
import type {BuildRequest} from '../build/build-request.js';
import type {BuiltImage} from '../build/export-build.js';
import type {RunRequest} from '../container/run-request.js';
import type {WireError} from './wire-error.js';

export type Call =
  | {readonly use: 'build'; readonly request: BuildRequest}
  | {readonly use: 'run'; readonly request: RunRequest};

export type ToHost = Call | {readonly use: 'abort'};

/** An error inside an event travels as WireError. */
export type FromHost =
  | {readonly kind: 'event'; readonly event: BuildEvent; readonly error?: WireError}
  | {readonly kind: 'done'; readonly result: BuiltImage | {code: number}}
  | {readonly kind: 'failed'; readonly error: WireError};
