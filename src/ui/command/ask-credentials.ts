/** A name and a password from flags, stdin or whoever sits there. */
import {createInterface} from 'node:readline/promises';
import {Writable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {NoCredentialsError} from '../../app/errors.js';
import {UsageError} from '../errors.js';

interface Given {
  readonly username?: string;
  readonly password?: string;
  readonly fromStdin: boolean;
}

/** Throws UsageError, NoCredentialsError. */
export async function askCredentials(given: Given): Promise<{username: string; password: string}> {
  const {username, password, fromStdin} = given;
  if (fromStdin && password !== undefined) {
    throw new UsageError('--password and --password-stdin are mutually exclusive');
  }
  if (fromStdin && username === undefined) {
    throw new UsageError('Must provide --username with --password-stdin');
  }
  const name = username ?? (await ask('Username: ', 'user name'));
  if (fromStdin)
    return {username: name, password: (await text(process.stdin)).replace(/\r?\n$/, '')};
  return {username: name, password: password ?? (await ask('Password: ', 'password', true))};
}

async function ask(prompt: string, what: string, hidden = false): Promise<string> {
  if (!process.stdin.isTTY) throw new NoCredentialsError(what);
  process.stderr.write(prompt);
  const nowhere = new Writable({write: (_chunk, _encoding, done) => done()});
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? nowhere : process.stderr,
    terminal: true,
  });
  try {
    return await lines.question('');
  } finally {
    lines.close();
    if (hidden) process.stderr.write('\n');
  }
}
