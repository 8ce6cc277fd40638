/**
 * Builds on disk, newest first: builds/<id>/{record.json, <step>.log}.
 *
 * A log is every byte that the step wrote. The newest `KEPT` builds stay; older ones go when a new one begins. Nothing
 * here is synced: after a power cut a record may be missing, and one that does not parse is none.
 */
import {randomInt} from 'node:crypto';
import {
  createReadStream,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {now} from '../base/clock.js';
import {processStart} from '../linux/process-start.js';
import type {BuildRecord, BuildStatus} from './build-record.js';
import {AmbiguousBuildError, NoSuchBuildError} from './errors.js';

const KEPT = 200;
/** Removing folders is slow: they go many at once. */
const REMOVED_AT_ONCE = 50;

const ID = /^[0-9a-z]{12}$/;

/** Eight characters of milliseconds, which last until 2059, and four of chance. */
const newID = (): string =>
  now().getTime().toString(36) +
  randomInt(36 ** 4)
    .toString(36)
    .padStart(4, '0');

export class BuildHistory {
  readonly #root: string;

  /** `root` exists. */
  constructor(root: string) {
    this.#root = root;
  }

  /** An id for a build that begins now, with its folder. */
  begin(): string {
    const ids = this.#ids();
    if (ids.length >= KEPT + REMOVED_AT_ONCE) this.#removeAll(ids.slice(KEPT));
    const id = newID();
    mkdirSync(this.#folder(id));
    return id;
  }

  save(record: BuildRecord): void {
    const path = join(this.#folder(record.id), 'record.json');
    writeFileSync(`${path}.draft`, JSON.stringify({version: 1, ...record}));
    renameSync(`${path}.draft`, path);
  }

  *list(): Generator<BuildRecord> {
    for (const id of this.#ids()) {
      const record = this.#read(id);
      if (record) yield record;
    }
  }

  /** By id, the start of one, or the image that came of it; without a query the newest. */
  find(query: string | undefined, isImage: (record: BuildRecord) => boolean): BuildRecord {
    const ids =
      query === undefined ? this.#ids() : this.#ids().filter((id) => id.startsWith(query));
    const records = ids.flatMap((id) => this.#read(id) ?? []);
    const [newest, ...others] = records;
    if (newest && (query === undefined || others.length === 0)) return newest;
    if (newest) {
      throw new AmbiguousBuildError(
        query ?? '',
        records.map(({id}) => id),
      );
    }
    for (const record of this.list()) if (isImage(record)) return record;
    throw new NoSuchBuildError(query ?? 'none was made yet');
  }

  status({end, builder}: BuildRecord): BuildStatus {
    if (end) return end.result;
    return processStart(builder.pid) === builder.startTime ? 'running' : 'killed';
  }

  remove(id: string): void {
    rmSync(this.#folder(id), {recursive: true, force: true});
  }

  #removeAll(ids: readonly string[]): void {
    for (const id of ids) this.remove(id);
  }

  logPath(id: string, step: number): string {
    return join(this.#folder(id), `${step}.log`);
  }

  /** Ends at once where the step wrote nothing. */
  log(id: string, step: number): Readable {
    return createReadStream(this.logPath(id, step));
  }

  /** Newest first. */
  #ids(): string[] {
    return readdirSync(this.#root)
      .filter((name) => ID.test(name))
      .sort()
      .reverse();
  }

  #folder(id: string): string {
    return join(this.#root, id);
  }

  #read(id: string): BuildRecord | undefined {
    try {
      const text = readFileSync(join(this.#folder(id), 'record.json'), 'utf8');
      const {version, ...record} = JSON.parse(text) as BuildRecord & {version: number};
      return version === 1 ? record : undefined;
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
