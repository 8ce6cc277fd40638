/** The root file system an image's layers make, file by file, read from their tars alone. */
import {createHash, type Hash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {decompress} from '../../src/archive/decompress.js';
import type {TarHeader} from '../../src/archive/tar-header.js';
import {TarReader} from '../../src/archive/tar-reader.js';

export interface FileFacts {
  readonly type: TarHeader['type'];
  /** Octal. */
  readonly mode: string;
  /** `uid:gid`. */
  readonly owner: string;
  readonly size: number;
  /** Of a file: the text when it is short, else its sha256. */
  content: string;
  readonly target: string;
  readonly device: string;
  readonly xattrs: Readonly<Record<string, string>>;
}

/** By path without slashes at its ends; names of one file share their facts. Names are bytes, one character each. */
export type Files = Map<string, FileFacts>;

const SHORT = 4096;
const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** Lays a layer over the files below. */
export async function applyLayer(files: Files, path: string): Promise<void> {
  const below = new Set(files.keys());
  let hash: Hash | undefined;
  let start: Buffer[] = [];
  let facts: FileFacts | undefined;
  const reader = new TarReader({
    entry(header) {
      const name = trimmed(header.name);
      hash = createHash('sha256');
      start = [];
      facts = undefined;
      if (name === '') return;
      const last = name.slice(name.lastIndexOf('/') + 1);
      if (last.startsWith(WHITEOUT)) {
        removeWhitedOut(files, below, name, last);
        return;
      }
      facts = put(files, name, header);
    },
    data(bytes) {
      hash?.update(bytes);
      if (facts !== undefined && facts.size <= SHORT) start.push(Buffer.from(bytes));
    },
    close() {
      if (facts?.type !== 'file') return;
      const isShort = facts.size <= SHORT;
      facts.content = isShort ? `${Buffer.concat(start)}` : `sha256:${hash?.digest('hex')}`;
    },
  });
  const {bytes} = await decompress(createReadStream(path, {highWaterMark: 1 << 20}));
  for await (const chunk of bytes) reader.push(Buffer.from(chunk));
  reader.finish();
}

function put(files: Files, name: string, header: TarHeader): FileFacts | undefined {
  if (header.type === 'hard-link') {
    const linked = files.get(trimmed(header.linkName));
    if (linked === undefined) throw new Error(`${name}: hard link to nothing`);
    files.set(name, linked);
    return undefined;
  }
  const facts = factsOf(header);
  if (header.type !== 'directory') removeBelow(files, name);
  files.set(name, facts);
  return facts;
}

function factsOf(header: TarHeader): FileFacts {
  const {type, mode, uid, gid, size, linkName, deviceMajor, deviceMinor} = header;
  const xattrs = [...(header.xattrs ?? [])].map(([key, value]) => [key, value.toString('base64')]);
  const isDevice = type === 'character-device' || type === 'block-device';
  return {
    type,
    mode: type === 'symlink' ? '-' : `0${mode.toString(8)}`,
    owner: `${uid}:${gid}`,
    size,
    content: '',
    target: linkName,
    device: isDevice ? `${deviceMajor}:${deviceMinor}` : '',
    xattrs: Object.fromEntries(xattrs),
  };
}

function removeWhitedOut(
  files: Files,
  below: ReadonlySet<string>,
  name: string,
  last: string,
): void {
  const folder = name.slice(0, -last.length);
  if (last === OPAQUE) {
    for (const path of below) if (path.startsWith(folder)) files.delete(path);
    return;
  }
  const gone = folder + last.slice(WHITEOUT.length);
  files.delete(gone);
  removeBelow(files, gone);
}

function removeBelow(files: Files, name: string): void {
  for (const path of files.keys()) if (path.startsWith(`${name}/`)) files.delete(path);
}

const trimmed = (name: string): string => name.replace(/^(\.?\/)+|^\.$/, '').replace(/\/+$/, '');
