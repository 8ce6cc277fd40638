/** An archive on its way into a file or a stream: whole, or not there. */
import {randomBytes} from 'node:crypto';
import {
  accessSync,
  constants,
  createWriteStream,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs';
import {dirname} from 'node:path';
import {Readable, type Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {OutputPlaceError} from '../errors.js';

/** A file's path, or a stream that stays open. */
export type ArchivePlace = string | Writable;

/** Throws OutputPlaceError where an archive could not be written in the end. */
export function checkArchivePlace(place: ArchivePlace): void {
  if (typeof place !== 'string') return;
  const stat = statSync(place, {throwIfNoEntry: false});
  if (stat?.isDirectory()) {
    throw new OutputPlaceError(place, 'want a file, got a directory', {
      hint: 'Name a file in it.',
    });
  }
  const needed = isReplaced(stat) ? dirname(place) : place;
  try {
    accessSync(needed, constants.W_OK);
  } catch (cause) {
    throw new OutputPlaceError(place, reasonOf(cause), {cause});
  }
}

/** A regular file is replaced in one step; a pipe or device is written as it is. */
export async function writeArchive(
  bytes: AsyncIterable<Uint8Array>,
  place: ArchivePlace,
  signal?: AbortSignal,
): Promise<void> {
  const tar = Readable.from(bytes);
  const options = signal === undefined ? {} : {signal};
  if (typeof place !== 'string') {
    await pipeline(tar, place, {...options, end: false}).catch(explainBrokenPipe);
    return;
  }
  if (!isReplaced(statSync(place, {throwIfNoEntry: false}))) {
    await pipeline(tar, createWriteStream(place), options);
    return;
  }
  const draft = `${place}.${randomBytes(6).toString('hex')}.draft`;
  try {
    await pipeline(tar, createWriteStream(draft, {flags: 'wx'}), options);
    renameSync(draft, place);
  } catch (error) {
    rmSync(draft, {force: true});
    throw error;
  }
}

function explainBrokenPipe(error: unknown): never {
  if ((error as {code?: unknown}).code !== 'EPIPE') throw error;
  throw new OutputPlaceError('-', 'its reader ended before the archive did', {cause: error});
}

const isReplaced = (stat: Stats | undefined): boolean => stat === undefined || stat.isFile();

export function reasonOf(error: unknown): string {
  switch ((error as {code?: unknown}).code) {
    case 'ENOENT':
      return 'no such directory';
    case 'ENOTDIR':
      return 'a file stands where a directory should';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EROFS':
      return 'the file system is read-only';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
