/**
 * Containers on disk: containers/<id>/{record.json, config.json, fs}.
 *
 * fs is the container's own layer (overlayfs form), kept after the end until the container is removed.
 */
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {writeFileAtomic} from '../base/atomic-file.js';
import {timestamp} from '../base/clock.js';
import {processStart} from '../linux/process-start.js';
import type {ContainerRecord, ContainerState} from './container-record.js';
import {
  AmbiguousContainerError,
  ContainerNameInUseError,
  ContainerRunningError,
  NoSuchContainerError,
} from './errors.js';
import {newName} from './name.js';

export interface NewContainer extends Pick<ContainerRecord, 'image' | 'imageID' | 'command'> {
  readonly name?: string | undefined;
  /** Made up front where the hostname must be known; see newContainerID. */
  readonly id: string;
}

export const newContainerID = (): string => randomBytes(32).toString('hex');

export class ContainerStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, {recursive: true});
  }

  create(wanted: NewContainer): ContainerRecord {
    const names = new Map(this.list().map((other) => [other.name, other.id]));
    const holder = wanted.name && names.get(wanted.name);
    if (wanted.name && holder) throw new ContainerNameInUseError(wanted.name, holder);
    const {id, image, imageID, command} = wanted;
    const name = wanted.name ?? newName((taken) => names.has(taken));
    const keeper = {pid: process.pid, startTime: processStart(process.pid) ?? ''};
    const record = {id, name, image, imageID, command, createdAt: timestamp(), keeper};
    mkdirSync(this.folder(id));
    this.#save(record);
    return record;
  }

  /** Process 1 runs its program. Answers the record that says so. */
  started(record: ContainerRecord, pid: number): ContainerRecord {
    const startTime = processStart(pid);
    if (startTime === undefined) return record;
    const running = {...record, process: {pid, startTime}};
    this.#save(running);
    return running;
  }

  /** The pid of process 1, as seen from here. */
  runningProcess({exitCode, process}: ContainerRecord): number | undefined {
    if (exitCode !== undefined || process === undefined) return undefined;
    return processStart(process.pid) === process.startTime ? process.pid : undefined;
  }

  finish(record: ContainerRecord, exitCode: number): void {
    this.#save({...record, exitCode, finishedAt: timestamp()});
  }

  /** Newest first. */
  list(): readonly ContainerRecord[] {
    return readdirSync(this.#root)
      .map((id) => this.#read(id))
      .filter((record) => record !== undefined)
      .sort((left, right) => (left.createdAt < right.createdAt ? 1 : -1));
  }

  /** By whole id, name, or a prefix of the id that fits one. */
  find(query: string): ContainerRecord {
    const all = this.list();
    const exact = all.find((record) => record.id === query || record.name === query);
    if (exact) return exact;
    const matches = query === '' ? [] : all.filter((record) => record.id.startsWith(query));
    const [only, ...others] = matches;
    if (!only) throw new NoSuchContainerError(query);
    if (others.length > 0) {
      throw new AmbiguousContainerError(
        query,
        matches.map((record) => record.id.slice(0, 12)),
      );
    }
    return only;
  }

  state(record: ContainerRecord): ContainerState {
    if (record.exitCode !== undefined) return 'exited';
    const {pid, startTime} = record.keeper;
    return processStart(pid) === startTime ? 'running' : 'dead';
  }

  /** With `force`, one that runs is killed first; without, it is refused. */
  remove(record: ContainerRecord, {force = false} = {}): void {
    if (this.state(record) === 'running' && record.keeper.pid !== process.pid) {
      if (!force) throw new ContainerRunningError(record.name);
      process.kill(record.keeper.pid, 'SIGKILL');
    }
    rmSync(this.folder(record.id), {recursive: true, force: true});
  }

  folder(id: string): string {
    return join(this.#root, id);
  }

  #save(record: ContainerRecord): void {
    writeFileAtomic(join(this.folder(record.id), 'record.json'), JSON.stringify(record));
  }

  #read(id: string): ContainerRecord | undefined {
    const path = join(this.folder(id), 'record.json');
    if (!existsSync(path)) return undefined;
    return JSON.parse(readFileSync(path, 'utf8')) as ContainerRecord;
  }
}
