import {unpackStream} from '../../layer/unpack-archive.js';

/**
 * A context's archive into an empty directory. Nothing is written outside it, and symlinks stay symlinks; the owners do
 * not count, as in any context.
 */
export async function unpackContext(
  archive: AsyncIterable<Uint8Array>,
  directory: string,
): Promise<void> {
  await unpackStream(archive, {
    target: {upper: directory, lowers: []},
    destination: '/',
    owner: {uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0},
  });
}
