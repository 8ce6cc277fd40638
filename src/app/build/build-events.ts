import {callEntered} from '../library/call-entered.js';
import {EventQueue} from '../library/event-queue.js';
import {currentRung} from '../machine/rung.js';
import {buildImage} from './build.js';
import type {BuildEvent} from './build-event.js';
import type {BuildRequest} from './build-request.js';

/**
 * Builds an image, and tells what happens as it happens; the last event is `exported`.
 *
 * Leaving the loop, or aborting the signal, cancels the build. Throws what failed, after the last event.
 */
export async function* build(
  request: BuildRequest,
  {signal}: {signal?: AbortSignal} = {},
): AsyncGenerator<BuildEvent, void, undefined> {
  const left = new AbortController();
  const both = signal ? AbortSignal.any([signal, left.signal]) : left.signal;
  const events = new EventQueue<BuildEvent>();
  const observer = {onEvent: (event: BuildEvent) => events.push(event), signal: both};
  const done =
    currentRung() === 'outside'
      ? callEntered({use: 'build', request}, observer)
      : buildImage(request, observer);
  const closed = done.then(
    () => events.close(),
    (error: unknown) => events.close({error}),
  );
  try {
    yield* events;
  } finally {
    left.abort();
    await closed;
  }
}
