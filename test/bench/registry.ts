/**
 * Debian's docker-registry, on one port and one directory wherever builders are: on this machine and in the peers' lab.
 *
 * A registry keeps nothing in memory: what one of them took the other one gives.
 */
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type Shell, sh} from './shell.js';

/** Always this one: images that are named by it are found and forgotten in a later run. */
const PORT = 5055;

export class BenchRegistry implements Disposable {
  /** What stands in front of a repository's name. */
  readonly address = `127.0.0.1:${PORT}`;
  readonly data: string;
  readonly #config: string;
  /** Shells by their prefix, with the registry's process id there. */
  readonly #running = new Map<string, {shell: Shell; pid: string}>();

  constructor(directory: string) {
    this.data = join(directory, 'data');
    this.#config = join(directory, 'config.json');
    mkdirSync(this.data, {recursive: true});
    chmodSync(this.data, 0o777);
    const config = {
      version: '0.1',
      log: {level: 'error', accesslog: {disabled: true}},
      storage: {filesystem: {rootdirectory: this.data}},
      http: {addr: this.address},
    };
    writeFileSync(this.#config, JSON.stringify(config));
  }

  /** Throws where there is no docker-registry, or the port is another's. */
  startAt(shell: Shell): void {
    const key = shell.prefix.join(' ');
    if (this.#running.has(key)) return;
    const started = `command -v docker-registry > /dev/null || { echo 'needs docker-registry'; exit 1; }
      export OTEL_TRACES_EXPORTER=none
      docker-registry serve ${this.#config} < /dev/null > /dev/null 2>&1 &
      for i in $(seq 100); do
        sleep 0.05
        kill -0 $! || { echo 'port ${PORT} is taken'; exit 1; }
        (exec 3<> /dev/tcp/127.0.0.1/${PORT}) 2> /dev/null && { echo $!; exit 0; }
      done
      kill $!; exit 1`;
    this.#running.set(key, {shell, pid: sh(shell, started)});
  }

  empty(shell: Shell): void {
    sh(shell, `rm -rf ${this.data}/docker`);
  }

  [Symbol.dispose](): void {
    for (const {shell, pid} of this.#running.values()) sh(shell, `kill ${pid}; true`);
  }
}
