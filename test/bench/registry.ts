/**
 * Debian's docker-registry, on one port and one directory wherever builders are: on this machine and in the peers' lab.
 *
 * A registry keeps nothing in memory: what one of them took the other one gives.
 */
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {freePort} from '../helpers/free-port.js';
import {type Shell, sh} from './shell.js';

export class BenchRegistry implements Disposable {
  /** What stands in front of a repository's name. */
  readonly address: string;
  readonly data: string;
  readonly #config: string;
  /** Shells by their prefix, with the registry's process id there. */
  readonly #running = new Map<string, {shell: Shell; pid: string}>();

  private constructor(port: number, directory: string) {
    this.address = `127.0.0.1:${port}`;
    this.data = join(directory, 'data');
    this.#config = join(directory, 'config.json');
  }

  static async in(directory: string): Promise<BenchRegistry> {
    const registry = new BenchRegistry(await freePort(), directory);
    mkdirSync(registry.data, {recursive: true});
    chmodSync(registry.data, 0o777);
    const config = {
      version: '0.1',
      log: {level: 'error', accesslog: {disabled: true}},
      storage: {filesystem: {rootdirectory: registry.data}},
      http: {addr: registry.address},
    };
    writeFileSync(registry.#config, JSON.stringify(config));
    return registry;
  }

  /** Throws where there is no docker-registry. */
  startAt(shell: Shell): void {
    const key = shell.prefix.join(' ');
    if (this.#running.has(key)) return;
    const started = `command -v docker-registry > /dev/null || { echo 'needs docker-registry'; exit 1; }
      export OTEL_TRACES_EXPORTER=none
      docker-registry serve ${this.#config} < /dev/null > /dev/null 2>&1 &
      for i in $(seq 100); do
        (exec 3<> /dev/tcp/${this.address.replace(':', '/')}) 2> /dev/null && { echo $!; exit 0; }
        sleep 0.05
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
