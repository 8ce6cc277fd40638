/** What comes on stdin for `build -`: an archive of the context, or a Dockerfile alone. Its first bytes tell. */
import {peek} from '../../archive/peek.js';
import {BLOCK} from '../../archive/tar-header.js';
import {beginsLikeArchive} from '../../layer/unpack-archive.js';
import {readDockerfileFrom} from './dockerfile.js';

export interface Archive {
  readonly kind: 'archive';
  readonly bytes: AsyncIterable<Uint8Array>;
}

export async function archiveOrText(
  stdin: AsyncIterable<Uint8Array>,
): Promise<Archive | {readonly kind: 'text'; readonly text: string}> {
  const {start, whole} = await peek(stdin, BLOCK);
  if (beginsLikeArchive(start)) return {kind: 'archive', bytes: whole};
  return {kind: 'text', text: await readDockerfileFrom(whole)};
}
