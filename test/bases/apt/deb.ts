/** What a .deb holds: its control files, and its files as they are to lie in a root. */
import {spawn} from 'node:child_process';
import {buffer} from 'node:stream/consumers';
import {extract, type Header} from 'tar-stream';
import {directory, type FileNode, file, symlink} from '../file-tree.js';

export interface Deb {
  /** The control stanza, as in the archive's index. */
  readonly control: string;
  /** Maintainer scripts, conffiles, triggers, md5sums: name to content and mode. */
  readonly scripts: ReadonlyMap<string, FileNode>;
  /** In the archive's order; hard links share a node. */
  readonly files: ReadonlyMap<string, FileNode>;
}

export async function readDeb(path: string): Promise<Deb> {
  const [members, files] = await Promise.all([
    readTar(path, '--ctrl-tarfile'),
    readTar(path, '--fsys-tarfile'),
  ]);
  const control = members.get('control')?.data.toString('utf8') ?? '';
  const scripts = new Map(
    [...members].filter(([name, node]) => name !== 'control' && node.type === 'file'),
  );
  return {control, scripts, files};
}

async function readTar(path: string, part: string): Promise<Map<string, FileNode>> {
  const dpkg = spawn('dpkg-deb', [part, path], {stdio: ['ignore', 'pipe', 'inherit']});
  const ended = new Promise<number | null>((resolve, reject) => {
    dpkg.on('error', reject).on('close', resolve);
  });
  const nodes = new Map<string, FileNode>();
  for await (const entry of dpkg.stdout.pipe(extract())) {
    const name = entry.header.name.replace(/^\.\//, '').replace(/\/$/, '');
    const node = await toNode(entry.header, entry, nodes);
    if (name !== '' && name !== '.') nodes.set(name, node);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`dpkg-deb ${part} ${path} exited with ${code}`);
  return nodes;
}

async function toNode(
  header: Header,
  content: AsyncIterable<unknown>,
  before: ReadonlyMap<string, FileNode>,
): Promise<FileNode> {
  const {mode = 0o644, uid = 0, gid = 0, mtime = new Date(0), linkname} = header;
  const fields = {mode, uid, gid, mtime: Math.floor(mtime.getTime() / 1000)};
  const data = await buffer(content as AsyncIterable<Uint8Array>);
  if (header.type === 'directory') return directory(fields);
  if (header.type === 'symlink') return symlink(linkname ?? '', fields);
  if (header.type === 'file') return file(data, fields);
  const first = before.get((linkname ?? '').replace(/^\.\//, ''));
  if (header.type === 'link' && first !== undefined) return first;
  throw new Error(`an entry of type ${header.type} in a package: ${header.name}`);
}
