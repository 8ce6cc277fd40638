/** Does a call in a child process that the launcher put into the namespaces. */
import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {installedLauncher} from '../../linux/launch.js';
import type {BuildEvent} from '../build/build-event.js';
import {HostEndedError} from '../errors.js';
import type {Call, FromHost} from './use-case.js';
import {fromWire} from './wire-error.js';

export interface CallOptions {
  readonly onEvent?: (event: BuildEvent) => void;
  readonly signal?: AbortSignal;
}

/** The result of `call.use`. Rejects with an error that has the code, message, hint and cause of the original. */
export function callEntered(call: Call, {onEvent, signal}: CallOptions = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(installedLauncher(), ['--enter', hostScript()], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    const abort = (): void => void child.send({use: 'abort'});
    signal?.addEventListener('abort', abort, {once: true});
    child.on('message', (message: FromHost) => {
      if (message.kind === 'done') resolve(message.result);
      else if (message.kind === 'failed') reject(fromWire(message.error));
      else onEvent?.(eventOf(message));
    });
    child.once('error', reject);
    child.once('close', (code) => {
      signal?.removeEventListener('abort', abort);
      reject(new HostEndedError(code));
    });
    child.send(call);
    if (signal?.aborted) abort();
  });
}

function eventOf({event, error}: Extract<FromHost, {kind: 'event'}>): BuildEvent {
  return event.kind === 'failed' && error ? {...event, error: fromWire(error)} : event;
}

function hostScript(): string {
  const places = ['./use-case-host.js', '../../../dist/use-case-host.js'];
  const paths = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return paths.find((path) => existsSync(path)) ?? (paths[0] as string);
}
