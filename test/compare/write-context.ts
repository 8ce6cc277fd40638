/**
 * Build contexts written down as JSON: path → text, or what else stands there. `%FF` in a path is a byte.
 * A folder `context` in a case is taken as it is; a case without either has the one all cases share.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {pack} from 'tar-stream';
import {type CompareCase, casesFolder} from './corpus.js';

type Node =
  | string
  | {readonly text?: string; readonly mode?: string}
  | {readonly link: string}
  /** A tar of these files; gzip by its name. */
  | {readonly tar: Readonly<Record<string, string>>}
  /** So many empty files, each with its number after the path. */
  | {readonly copies: number};

/** Makes the directory. */
export async function writeContext(
  {folder, isProject}: CompareCase,
  target: string,
): Promise<void> {
  const source = isProject ? folder : join(folder, 'context');
  if (existsSync(source)) {
    cpSync(source, target, {recursive: true, verbatimSymlinks: true});
    return;
  }
  const own = join(folder, 'context.json');
  const path = existsSync(own) ? own : join(casesFolder, 'context.json');
  mkdirSync(target, {recursive: true});
  const nodes: Record<string, Node> = JSON.parse(readFileSync(path, 'utf8'));
  for (const [name, node] of Object.entries(nodes)) await writeNode(target, name, node);
}

async function writeNode(root: string, name: string, node: Node): Promise<void> {
  const path = Buffer.concat([Buffer.from(`${root}/`), bytesOf(name)]);
  mkdirSync(dirname(join(root, name)), {recursive: true});
  if (name.endsWith('/')) mkdirSync(path, {recursive: true});
  else if (typeof node === 'string') writeFileSync(path, node);
  else if ('link' in node) symlinkSync(node.link, path);
  else if ('tar' in node) writeFileSync(path, await archive(name, node.tar));
  else if ('copies' in node) {
    for (let index = 0; index < node.copies; index += 1) writeFileSync(`${path}${index}`, '');
  } else writeFileSync(path, node.text ?? '');
  if (typeof node === 'object' && 'mode' in node)
    chmodSync(path, Number.parseInt(node.mode ?? '0644', 8));
}

const bytesOf = (name: string): Buffer =>
  Buffer.from(
    Buffer.from(name)
      .toString('latin1')
      .replace(/%([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

async function archive(name: string, files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack();
  for (const [path, text] of Object.entries(files))
    tar.entry({name: path, mtime: new Date(0)}, text);
  tar.finalize();
  const bytes = await buffer(tar);
  return name.endsWith('gz') ? gzipSync(bytes) : bytes;
}
