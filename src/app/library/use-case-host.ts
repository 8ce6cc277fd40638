/** Entry of the process that works for the library inside the namespaces: one call, its events, its end. */
import {buildImage} from '../build/build.js';
import type {BuildEvent} from '../build/build-event.js';
import {runImage} from '../container/run.js';
import type {Call, FromHost, ToHost} from './use-case.js';
import {toWire} from './wire-error.js';

const abort = new AbortController();

const send = (message: FromHost): void => {
  process.send?.(message);
};

const sendEvent = (event: BuildEvent): void => {
  if (event.kind === 'failed') {
    const {error, ...rest} = event;
    send({kind: 'event', event: {...rest, error: new Error()}, error: toWire(error)});
  } else {
    send({kind: 'event', event});
  }
};

function perform(call: Call) {
  if (call.use === 'run') return runImage(call.request);
  return buildImage(call.request, {onEvent: sendEvent, signal: abort.signal});
}

// The caller is gone: nobody waits for the result any more.
process.once('disconnect', () => abort.abort());
process.on('message', (message: ToHost) => {
  if (message.use === 'abort') {
    abort.abort();
    return;
  }
  perform(message)
    .then((result) => send({kind: 'done', result}))
    .catch((error: unknown) => send({kind: 'failed', error: toWire(error)}))
    .finally(() => process.disconnect());
});
