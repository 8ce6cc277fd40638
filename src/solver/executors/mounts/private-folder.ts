import {mkdirSync} from 'node:fs';
import {mount, unmount} from '../../../linux/mount.js';
import {MS} from '../../../linux/mount-flags.js';

/** A folder in memory for the secrets of one step, which no disk ever holds: made when it is first asked for. */
export class PrivateFolder {
  readonly #path: string;
  #mounted = false;

  /** Nothing is at the path yet. */
  constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    if (!this.#mounted) {
      mkdirSync(this.#path, {mode: 0o700});
      const flags = MS.nosuid | MS.nodev | MS.noexec;
      mount({source: 'tmpfs', target: this.#path, type: 'tmpfs', flags, data: 'mode=0700'});
      this.#mounted = true;
    }
    return this.#path;
  }

  close(): void {
    if (this.#mounted) unmount(this.#path, {detach: true});
    this.#mounted = false;
  }
}
