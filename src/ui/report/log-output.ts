/** All that a step wrote, on stdout: byte for byte into a file or a pipe, made safe for a terminal. */
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {printable} from '../text/printable.js';

export async function writeLog(bytes: Readable): Promise<void> {
  const {stdout} = process;
  if (!stdout.isTTY) return pipeline(bytes, stdout, {end: false});
  for await (const line of createInterface({input: bytes})) stdout.write(`${printable(line)}\n`);
}
