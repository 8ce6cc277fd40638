/** The Dockerfile of a build as text, from wherever it comes. A text that is too long is cut where the parser refuses it. */
import {readFileSync} from 'node:fs';
import {basename, posix} from 'node:path';
import {asPath, fromText, toText} from '../../archive/byte-string.js';
import {fileText} from '../../dockerfile/file-text.js';
import {LONGEST_DOCKERFILE} from '../../dockerfile/logical-lines.js';
import {locate} from '../../layer/source/source-root.js';
import {NoDockerfileError} from '../errors.js';

export interface Dockerfile {
  readonly name: string;
  readonly text: string;
}

export function readDockerfile(path: string): string {
  try {
    return fileText(readFileSync(path));
  } catch (error) {
    throw new NoDockerfileError(path, error);
  }
}

export async function readDockerfileFrom(source: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > 4 * LONGEST_DOCKERFILE) break;
  }
  return fileText(Buffer.concat(chunks));
}

/** Of a context that strangers made: its symlinks do not lead out of it. */
export function dockerfileIn(directory: string, named: string | undefined): Dockerfile {
  const candidates = named === undefined ? ['Dockerfile', 'dockerfile'] : [named];
  const root = fromText(directory);
  for (const candidate of candidates) {
    const found = locate(root, fromText(posix.join('/', candidate).slice(1)));
    if (found?.stat.isFile() !== true) continue;
    const text = fileText(readFileSync(asPath(`${root}/${found.path}`)));
    return {name: basename(toText(found.path)), text};
  }
  throw new NoDockerfileError(candidates[0] as string);
}
