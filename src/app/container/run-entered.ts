import {callEntered} from '../library/call-entered.js';
import {currentRung} from '../machine/rung.js';
import {runImage} from './run.js';
import type {RunRequest} from './run-request.js';

/** Runs a container of an image with this process's own streams, and answers its exit code. */
export async function run(request: RunRequest): Promise<{code: number}> {
  if (currentRung() !== 'outside') return runImage(request);
  return (await callEntered({use: 'run', request})) as {code: number};
}
