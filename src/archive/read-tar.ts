import {asBuffer} from './as-buffer.js';
import {TarReader, type TarSink} from './tar-reader.js';

/** The entries of a plain tar, from its first byte to its last. Throws what TarReader throws, and what the source does. */
export async function readTar(source: AsyncIterable<Uint8Array>, sink: TarSink): Promise<void> {
  const reader = new TarReader(sink);
  for await (const chunk of source) reader.push(asBuffer(chunk));
  reader.finish();
}
