/** Debian's docker-registry (distribution 2.8) on files in a folder, on a free port of 127.0.0.1. */
import {spawn} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {hashSync} from 'bcryptjs';
import type {TestContext} from 'vitest';
import type {Certificate} from './certificates.js';
import {freePort} from './free-port.js';

export interface DockerRegistry extends AsyncDisposable {
  /** What stands in front of a repository's name. */
  readonly address: string;
}

interface DockerRegistryOptions {
  readonly folder: string;
  readonly tls?: Certificate;
  /** Whose clients get in. */
  readonly clientAuthority?: Certificate;
  /** Name → password. */
  readonly users?: Readonly<Record<string, string>>;
  /** Nothing is deleted. */
  readonly keeps?: boolean;
}

/** Skips the test where there is no docker-registry. */
export async function dockerRegistry(
  context: TestContext,
  options: DockerRegistryOptions,
): Promise<DockerRegistry> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn('docker-registry', ['serve', configure(options, address)], {
    stdio: 'ignore',
  });
  const failed = new Promise<string>((resolve) =>
    child.once('error', ({message}) => resolve(message)),
  );
  const closed = new Promise((resolve) => child.once('close', resolve));
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await Promise.race([failed, listens(address), sleep(50)]);
    if (typeof answer === 'string') context.skip(`needs docker-registry: ${answer}`);
    if (answer === true) break;
    await sleep(50);
  }
  return {
    address,
    async [Symbol.asyncDispose]() {
      child.kill();
      await closed;
    },
  };
}

/** Writes its configuration, as JSON, which is YAML too. */
function configure(options: DockerRegistryOptions, address: string): string {
  const {folder, tls, clientAuthority, users, keeps = false} = options;
  const data = join(folder, 'data');
  const htpasswd = join(folder, 'htpasswd');
  const path = join(folder, 'config.yml');
  mkdirSync(data, {recursive: true});
  const lines = Object.entries(users ?? {}).map(
    ([name, word]) => `${name}:${hashSync(word, 4).replace(/^\$2b/, '$2y')}\n`,
  );
  writeFileSync(htpasswd, lines.join(''));
  const certificate = tls && {
    certificate: tls.certPath,
    key: tls.keyPath,
    ...(clientAuthority && {clientcas: [clientAuthority.certPath]}),
  };
  const config = {
    version: '0.1',
    log: {level: 'error'},
    storage: {filesystem: {rootdirectory: data}, delete: {enabled: !keeps}},
    http: {addr: address, ...(certificate && {tls: certificate})},
    ...(users && {auth: {htpasswd: {realm: 'test', path: htpasswd}}}),
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** Whether somebody takes connections there. */
function listens(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(':');
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}
