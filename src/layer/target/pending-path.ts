import {type ByteString, toText} from '../../archive/byte-string.js';
import {SymlinkLoopError} from '../../linux/errors.js';

/** As the kernel's MAXSYMLINKS. */
const MAX_LINKS = 40;

/** The components of a path that are still to be walked; those of the symlinks met on the way come first. */
export class PendingPath {
  readonly #names: ByteString[];
  readonly #root: ByteString;
  readonly #path: ByteString;
  #links = 0;

  constructor(root: ByteString, path: ByteString) {
    this.#root = root;
    this.#path = path;
    this.#names = path.split('/').reverse();
  }

  /** Never empty or `.`; undefined at the end. */
  next(): ByteString | undefined {
    for (let name = this.#names.pop(); name !== undefined; name = this.#names.pop()) {
      if (name !== '' && name !== '.') return name;
    }
    return undefined;
  }

  /** Throws SymlinkLoopError after 40 links. */
  follow(target: ByteString): void {
    if (++this.#links > MAX_LINKS) {
      throw new SymlinkLoopError(toText(this.#root), toText(this.#path));
    }
    this.#names.push(...target.split('/').reverse());
  }
}
