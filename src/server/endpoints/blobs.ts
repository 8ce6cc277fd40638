/** end-2 pull, end-10 delete: OCI distribution-spec v1.1.1. */
import {closeSync, createReadStream, fstatSync, openSync} from 'node:fs';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {type Digest, isDigest} from '../../oci/digest.js';
import {byteRange} from '../byte-range.js';
import {answer, type Exchange} from '../exchange.js';
import {Fill} from '../pull-through/fill.js';
import {blobUnknown, digestInvalid} from '../refusal.js';

/** Bytes read at once; a blob never changes, so clients may keep it for a year. */
const READ_AT_ONCE = 512 * 1024;
const FOR_EVER = 'max-age=31536000';

export async function pullBlob(exchange: Exchange): Promise<void> {
  const digest = digestIn(exchange);
  const {request, service, name} = exchange;
  const renew = request.method === 'HEAD';
  const stored = service.storage.repositories.find(name)?.blob(digest, {renew});
  if (renew) {
    const size = stored?.size ?? (await service.pullThrough?.blobSize(name, digest));
    if (size === undefined) throw blobUnknown(digest);
    answer(exchange, [200, headersOf(digest, size)]);
    return;
  }
  const blob = stored ?? (await service.pullThrough?.open(name, digest));
  if (blob === undefined) throw blobUnknown(digest);
  if (request.headers['if-none-match']?.includes(`"${digest}"`)) {
    answer(exchange, [304, identity(digest)]);
  } else if (blob instanceof Fill) {
    await send(exchange, {digest, size: blob.size}, (start, end) =>
      Readable.from(blob.read(start, end), {objectMode: false}),
    );
  } else await sendFile(exchange, digest, blob.path);
}

export async function deleteBlob(exchange: Exchange): Promise<void> {
  const digest = digestIn(exchange);
  const repository = exchange.service.storage.repositories.find(exchange.name);
  if (repository === undefined) throw blobUnknown(digest);
  await repository.removeBlob(digest);
  answer(exchange, [202, {}]);
}

async function sendFile(exchange: Exchange, digest: Digest, path: string): Promise<void> {
  // From here on the bytes stay, whoever deletes the blob.
  const fd = openSync(path, 'r');
  let reading: Readable | undefined;
  try {
    const {size} = fstatSync(fd);
    await send(exchange, {digest, size}, (start, end) => {
      // It closes the file, after the last read that is under way.
      reading = createReadStream('', {fd, highWaterMark: READ_AT_ONCE, start, end});
      return reading;
    });
  } finally {
    if (reading === undefined) closeSync(fd);
  }
}

/** The blob, or the part of it that was asked for; `read` is given its first and last byte. */
async function send(
  {request, response}: Exchange,
  {digest, size}: {digest: Digest; size: number},
  read: (start: number, end: number) => Readable,
): Promise<void> {
  const isCurrent = [undefined, `"${digest}"`].includes(request.headers['if-range'] as string);
  const range = isCurrent ? byteRange(request.headers.range, size) : undefined;
  const {start, end} = range ?? {start: 0, end: size - 1};
  const part = range === undefined ? {} : {'Content-Range': `bytes ${start}-${end}/${size}`};
  const headers = {...headersOf(digest, end - start + 1), ...part};
  response.writeHead(range === undefined ? 200 : 206, headers);
  if (size === 0) response.end();
  else await pipeline(read(start, end), response);
}

const identity = (digest: Digest) => ({
  'Docker-Content-Digest': digest,
  ETag: `"${digest}"`,
  'Cache-Control': FOR_EVER,
});

const headersOf = (digest: Digest, length: number) => ({
  ...identity(digest),
  'Content-Type': 'application/octet-stream',
  'Content-Length': length,
  'Accept-Ranges': 'bytes',
});

function digestIn({target}: Exchange): Digest {
  if (!isDigest(target)) throw digestInvalid(target);
  return target;
}
