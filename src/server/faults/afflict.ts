/** What a fault does to the bodies of one exchange, whichever way they go. */
import type {IncomingMessage, ServerResponse} from 'node:http';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Effect} from './parse-fault.js';

export type BodyEffect = Extract<Effect, {kind: 'cut' | 'slow' | 'wrong'}>;

/** Parts of a second between two pieces of a slow body. */
const PIECES = 20;

/** The pieces that go over the line; ends early where the line is cut. */
async function* pieces(effect: BodyEffect, data: Uint8Array, before: number) {
  if (effect.kind === 'cut') yield data.subarray(0, Math.max(0, effect.bytes - before));
  else if (effect.kind === 'wrong') yield before === 0 ? withOtherFirst(data) : data;
  else {
    const most = Math.max(1, Math.floor(effect.bytesPerSecond / PIECES));
    for (let at = 0; at < data.byteLength; at += most) {
      yield data.subarray(at, at + most);
      await sleep(1000 / PIECES);
    }
  }
}

const isCut = (effect: BodyEffect, total: number): boolean =>
  effect.kind === 'cut' && total >= effect.bytes;

function withOtherFirst(data: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(data);
  if (copy[0] !== undefined) copy[0] ^= 1;
  return copy;
}

export async function* afflictedBody(
  effect: BodyEffect,
  body: AsyncIterable<Uint8Array>,
  request: IncomingMessage,
): AsyncGenerator<Uint8Array, void, undefined> {
  let total = 0;
  for await (const chunk of body) {
    yield* pieces(effect, chunk, total);
    total += chunk.byteLength;
    if (isCut(effect, total)) request.destroy();
  }
}

/** Takes the place of `write` and `end`, through which handlers and streams send alike. */
export function afflictResponse(effect: BodyEffect, response: ServerResponse): void {
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  let total = 0;
  let sending = Promise.resolve();
  const send = async (data: Uint8Array): Promise<void> => {
    for await (const piece of pieces(effect, data, total)) write(piece);
    total += data.byteLength;
    // What was written goes out first.
    if (isCut(effect, total)) write('', () => response.destroy());
    else response.emit('drain');
  };
  response.write = (chunk: unknown): boolean => {
    sending = sending.then(() => send(bytes(chunk)));
    return false;
  };
  response.end = (chunk?: unknown): ServerResponse => {
    if (chunk !== undefined && chunk !== '') response.write(chunk);
    sending = sending.then(() => {
      if (!isCut(effect, total)) end();
    });
    return response;
  };
}

const bytes = (chunk: unknown): Uint8Array =>
  typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array);
