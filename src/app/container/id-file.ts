/** `--cidfile`: a new file that holds the container's id once there is a container, and is gone if there never is one. */
import {closeSync, openSync, rmSync, writeFileSync} from 'node:fs';
import {InvalidOptionError} from '../errors.js';

export class IDFile implements Disposable {
  readonly #path: string;
  readonly #file: number;
  #isWritten = false;

  /** Throws InvalidOptionError where it cannot be made, as when it is there already. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, 'wx');
    } catch (cause) {
      const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
      const problem = isThere ? 'want a path where nothing is, got' : 'cannot make';
      throw new InvalidOptionError('--cidfile', `${problem} ${path}`, cause);
    }
  }

  write(id: string): void {
    writeFileSync(this.#file, id);
    this.#isWritten = true;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
    if (!this.#isWritten) rmSync(this.#path, {force: true});
  }
}
