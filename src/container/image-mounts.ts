/**
 * Images mounted for others to look at: mounted/<id>/{record.json, root}.
 *
 * A mount lives in a mount namespace, and a namespace in a process. So each has a process that does nothing else: the holder.
 * Others of the same user see the mount through it, at /proc/<holder>/root. It is gone with its holder, whatever ends that.
 */
import {spawn} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {writeFileAtomic} from '../base/atomic-file.js';
import {timestamp} from '../base/clock.js';
import {removeTree} from '../base/remove-tree.js';
import {unmount} from '../linux/mount.js';
import {processStart} from '../linux/process-start.js';
import type {Digest} from '../oci/digest.js';
import {NoHolderError, NoSuchMountError} from './errors.js';

export interface ImageMount {
  readonly id: string;
  /** As it was typed. */
  readonly image: string;
  readonly imageID: Digest;
  /** Null of an image without layers. */
  readonly chainID: Digest | null;
  readonly createdAt: string;
  readonly holder: {readonly pid: number; readonly startTime: string};
  /** Where the files are, for every process of the same user. */
  readonly path: string;
}

export class ImageMounts {
  readonly #root: string;

  /** `storeRoot` exists. */
  constructor(storeRoot: string) {
    this.#root = join(storeRoot, 'mounted');
  }

  /** `mount` makes the mount, in this process's namespace; it is there until `remove`, or the holder's end. */
  hold(
    about: Pick<ImageMount, 'image' | 'imageID' | 'chainID'>,
    mount: (target: string) => void,
  ): ImageMount {
    const id = randomBytes(6).toString('hex');
    const folder = join(this.#root, id);
    const target = join(folder, 'root');
    mkdirSync(target, {recursive: true});
    let mounted = false;
    try {
      mount(target);
      mounted = true;
      const holder = startHolder();
      const path = `/proc/${holder.pid}/root${target}`;
      const record: ImageMount = {id, ...about, createdAt: timestamp(), holder, path};
      writeFileAtomic(join(folder, 'record.json'), JSON.stringify(record));
      return record;
    } catch (error) {
      if (mounted) unmount(target, {detach: true});
      removeTree(folder);
      throw error;
    }
  }

  /** Those that are there, oldest first; what is left of others is cleared away. */
  list(): readonly ImageMount[] {
    if (!existsSync(this.#root)) return [];
    return readdirSync(this.#root)
      .flatMap((id) => this.#read(id) ?? [])
      .filter((mount) => this.#isThere(mount))
      .sort((left, right) => (left.createdAt < right.createdAt ? -1 : 1));
  }

  /** By the start of the id, the image as it was typed or its id. Throws NoSuchMountError. */
  find(query: string): readonly ImageMount[] {
    const found = this.list().filter(
      ({id, image, imageID}) =>
        id.startsWith(query) || image === query || imageID.replace('sha256:', '').startsWith(query),
    );
    if (found.length === 0) throw new NoSuchMountError(query);
    return found;
  }

  remove({id, holder}: ImageMount): void {
    if (processStart(holder.pid) === holder.startTime) process.kill(holder.pid, 'SIGKILL');
    removeTree(join(this.#root, id));
  }

  #isThere(mount: ImageMount): boolean {
    const {holder} = mount;
    if (processStart(holder.pid) === holder.startTime) return true;
    this.remove(mount);
    return false;
  }

  /** Undefined while it is being made. */
  #read(id: string): ImageMount | undefined {
    try {
      return JSON.parse(readFileSync(join(this.#root, id, 'record.json'), 'utf8')) as ImageMount;
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}

/** It keeps no file open, and nothing of the terminal. */
function startHolder(): ImageMount['holder'] {
  const child = spawn('sleep', ['infinity'], {detached: true, stdio: 'ignore', cwd: '/'});
  child.on('error', () => undefined);
  child.unref();
  const {pid = 0} = child;
  const startTime = processStart(pid);
  if (startTime === undefined) throw new NoHolderError();
  return {pid, startTime};
}
