/**
 * What the records of a folder say, in one file, so that listing them opens none.
 *
 *   <root>/summary   a digest, the end of the line, and the JSON of that digest: each record's id and summary
 *   <root>/changes   ids of records that may have changed since, one a line
 *   <root>/lock      held shared while a record changes, exclusively while the summary is replaced
 *
 * The records stay the truth, and the summary is remade of them when it is missing, torn, or of an earlier boot. Whoever changes a
 * record first writes its id down, holding the lock until the change is made: killed at any moment, it leaves an id whose
 * record is read once more. Records that come or go in another way are noticed by the time of their folder. What was
 * altered in place behind our back is not: a record checks itself where it is used.
 */
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {namesIn} from '../base/names-in.js';
import {bootID} from '../linux/boot-id.js';
import {tryLock, underSharedLock} from '../linux/lock.js';
import {digestOf} from '../oci/digest.js';

/** Bytes of changes: more are as much work as all records. */
const MOST_CHANGES = 1 << 20;

export interface InventoryOptions<Summary> {
  /** The inventory's own folder; made on demand. */
  readonly root: string;
  /** Where the records are, each a name in it. */
  readonly folder: string;
  /** Raised with the form of a summary. */
  readonly version: number;
  /** Of a record's name; undefined for what is none. */
  readonly idOf: (name: string) => string | undefined;
  /** Reads records; leaves out what is none. */
  readonly read: (ids: readonly string[]) => Iterable<readonly [id: string, summary: Summary]>;
}

interface Document<Summary> {
  readonly version: number;
  readonly boot: string;
  /** Of the folder, when the records were read. */
  readonly time: string;
  readonly records: readonly (readonly [id: string, summary: Summary])[];
}

/** What is known of the records, and of which file. */
interface View<Summary> {
  readonly records: Map<string, Summary>;
  readonly file: string | undefined;
  time: string | undefined;
}

interface Changes {
  readonly ids: ReadonlySet<string>;
  /** Too many to have written all of them down. */
  readonly all: boolean;
}

export class Inventory<Summary> {
  readonly #options: InventoryOptions<Summary>;
  readonly #summary: string;
  readonly #changes: string;
  readonly #lock: string;
  /** For who asks again. */
  #loaded:
    | {readonly file: string | undefined; readonly document: Document<Summary> | undefined}
    | undefined;

  constructor(options: InventoryOptions<Summary>) {
    const {root} = options;
    this.#options = options;
    this.#summary = join(root, 'summary');
    this.#changes = join(root, 'changes');
    this.#lock = join(root, 'lock');
    mkdirSync(root, {recursive: true});
  }

  /** Makes a change to a record, which is over at once: it comes, goes, or is another afterwards. */
  changing<Out>(id: string, change: () => Out): Out {
    return underSharedLock(this.#lock, () => {
      this.#note(id);
      return change();
    });
  }

  /** As of now, by id. */
  all(): ReadonlyMap<string, Summary> {
    // Changes first: those that somebody sums up meanwhile are in the summary that is read next.
    const changes = this.#readChanges();
    const view = this.#load();
    if (!this.#bringUp(view, changes)) this.#keep(view);
    return view.records;
  }

  /** A full disk must not keep anybody from removing: without a summary all is read. */
  #note(id: string): void {
    try {
      const size = statSync(this.#changes, {throwIfNoEntry: false})?.size ?? 0;
      // The line's own start ends one that was torn.
      if (size < MOST_CHANGES) appendFileSync(this.#changes, `\n${id}\n`);
    } catch {
      rmSync(this.#summary, {force: true});
    }
  }

  /** True where nothing had changed. */
  #bringUp(view: View<Summary>, changes: Changes): boolean {
    const {folder, idOf, read} = this.#options;
    const time = timeOf(folder);
    if (changes.ids.size === 0 && !changes.all && view.time === time) return true;
    const {records} = view;
    const there = new Set(namesIn(folder).flatMap((name) => idOf(name) ?? []));
    for (const id of records.keys()) {
      if (changes.all || changes.ids.has(id) || !there.has(id)) records.delete(id);
    }
    const unknown = [...there].filter((id) => !records.has(id));
    for (const [id, summary] of read(unknown)) records.set(id, summary);
    view.time = time;
    return false;
  }

  /** Not while others change records: whoever asks next does it then. */
  #keep(view: View<Summary>): void {
    using lock = tryLock(this.#lock, 'exclusive');
    if (lock === undefined || identityOf(this.#summary) !== view.file) return;
    // Read again: what was being changed under the first look is done now.
    this.#bringUp(view, this.#readChanges());
    try {
      this.#store(view);
    } catch {
      // Nor does a full disk keep anybody from listing.
      rmSync(this.#summary, {force: true});
    }
  }

  #store({records, time}: View<Summary>): void {
    const {version} = this.#options;
    const document: Document<Summary> = {
      version,
      boot: bootID(),
      time: time ?? '',
      records: [...records],
    };
    const json = JSON.stringify(document);
    const draft = `${this.#summary}.draft`;
    writeFileSync(draft, `${digestOf(json)}\n${json}`);
    renameSync(draft, this.#summary);
    rmSync(this.#changes, {force: true});
  }

  #load(): View<Summary> {
    const file = identityOf(this.#summary);
    if (file === undefined || this.#loaded?.file !== file) {
      const document = parse<Document<Summary>>(readIfThere(this.#summary));
      const isOurs = document?.version === this.#options.version && document.boot === bootID();
      this.#loaded = {file, document: isOurs ? document : undefined};
    }
    const {document} = this.#loaded;
    return {records: new Map(document?.records), file, time: document?.time};
  }

  #readChanges(): Changes {
    const text = readIfThere(this.#changes);
    const ids = new Set(text.toString('latin1').split('\n'));
    ids.delete('');
    return {ids, all: text.length >= MOST_CHANGES};
  }
}

/** Undefined of what is torn. */
function parse<Value>(bytes: Buffer): Value | undefined {
  const end = bytes.indexOf('\n');
  const json = bytes.subarray(end + 1);
  const isWhole = end > 0 && bytes.toString('latin1', 0, end) === digestOf(json);
  return isWhole ? (JSON.parse(json.toString()) as Value) : undefined;
}

function readIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Nanoseconds; the folder is there. */
const timeOf = (folder: string): string => String(statSync(folder, {bigint: true}).mtimeNs);

/** Undefined where there is none. Two files in one place, one after the other, differ in it. */
function identityOf(path: string): string | undefined {
  const stat = statSync(path, {bigint: true, throwIfNoEntry: false});
  return stat === undefined ? undefined : `${stat.ino} ${stat.mtimeNs}`;
}
