/**
 * Users and bcrypt hashes as Apache's `htpasswd -B` writes them: `name:$2y$…`, a line each.
 *
 * A right password is remembered, as a keyed hash, for bcrypt is slow on purpose and each request of a push brings it. Wrong
 * ones cost the same time whether there is such a user or not, and at most a few are under way.
 */
import {createHmac, randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {compare} from 'bcryptjs';
import {semaphore} from '../../base/semaphore.js';
import {HtpasswdError} from '../errors.js';
import {Refusal} from '../refusal.js';

const HASH = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;
/** Of a password that nobody has, as slow to check as the slowest of a file's; at htpasswd's default cost where it has none. */
export const hashOfNobody = (hashes: Iterable<string>): string => {
  const costs = [...hashes].map((hash) => hash.slice(4, 6));
  return `$2b$${costs.sort().at(-1) ?? '05'}$${'x'.repeat(53)}`;
};
/** Passwords remembered, and waiting to be checked. */
const MOST_KNOWN = 1_000;
const MOST_WAITING = 100;

export class Htpasswd {
  readonly #path: string;
  readonly #key = randomBytes(32);
  readonly #known = new Set<string>();
  readonly #turn = semaphore(1);
  #waiting = 0;
  #hashes: ReadonlyMap<string, string>;
  #nobody: string;

  /** Throws HtpasswdError. */
  constructor(path: string) {
    this.#path = path;
    this.#hashes = readHashes(path);
    this.#nobody = hashOfNobody(this.#hashes.values());
  }

  reload(): void {
    this.#hashes = readHashes(this.#path);
    this.#nobody = hashOfNobody(this.#hashes.values());
    this.#known.clear();
  }

  /** Throws a Refusal (429) when too many wait to be checked. */
  async verify(user: string, password: string): Promise<boolean> {
    const hash = this.#hashes.get(user);
    const mark = createHmac('sha256', this.#key).update(`${hash}\0${password}`).digest('base64');
    if (this.#known.has(mark)) return true;
    if (this.#waiting >= MOST_WAITING) throw tooMany();
    this.#waiting++;
    try {
      const same = await this.#turn(() => compare(password, hash ?? this.#nobody));
      if (!same || hash === undefined) return false;
    } finally {
      this.#waiting--;
    }
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.add(mark);
    return true;
  }
}

function readHashes(path: string): ReadonlyMap<string, string> {
  const hashes = new Map<string, string>();
  for (const [index, line] of text(path).split('\n').entries()) {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) continue;
    const colon = entry.indexOf(':');
    const hash = entry.slice(colon + 1);
    if (colon < 1 || !HASH.test(hash)) {
      throw new HtpasswdError(`${path}:${index + 1}`, 'want user:$2y$… (bcrypt)');
    }
    hashes.set(entry.slice(0, colon), hash);
  }
  return hashes;
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new HtpasswdError(path, 'cannot be read', cause);
  }
}

const tooMany = (): Refusal =>
  new Refusal([429, 'TOOMANYREQUESTS'], 'too many passwords to check', {
    headers: {'Retry-After': 1},
  });
