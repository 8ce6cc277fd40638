/** A stream that checks itself against a digest of any common algorithm, as `ADD --checksum` takes it. */
import * as ssri from 'ssri';
import {IntegrityError} from './errors.js';

/** The same chunks; throws IntegrityError at their end, so until then nobody may trust them. `want` is a checksum. */
export async function* withIntegrity(
  chunks: AsyncIterable<Uint8Array>,
  want: string,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const [algorithm = '', hex = ''] = want.split(':');
  const hash = ssri.create({algorithms: [algorithm]});
  for await (const chunk of chunks) {
    hash.update(chunk as Buffer);
    yield chunk;
  }
  const got = ssri.parse(String(hash.digest()));
  if (got.match(ssri.fromHex(hex, algorithm))) return;
  throw new IntegrityError(what, {want, got: `${algorithm}:${got.hexDigest()}`});
}
