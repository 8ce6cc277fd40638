/** end-2 pull, end-10 delete: OCI distribution-spec v1.1.1. */
import {closeSync, createReadStream, fstatSync, openSync} from 'node:fs';
import {pipeline} from 'node:stream/promises';
import {type Digest, isDigest} from '../../oci/digest.js';
import {byteRange} from '../byte-range.js';
import {answer, type Exchange} from '../exchange.js';
import {blobUnknown, digestInvalid} from '../refusal.js';

/** Bytes read at once; a blob never changes, so clients may keep it for a year. */
const READ_AT_ONCE = 512 * 1024;
const FOR_EVER = 'max-age=31536000';

export async function pullBlob(exchange: Exchange): Promise<void> {
  const digest = digestIn(exchange);
  const {request, service, name} = exchange;
  const renew = request.method === 'HEAD';
  const blob = service.storage.repositories.find(name)?.blob(digest, {renew});
  if (blob === undefined) throw blobUnknown(digest);
  if (renew) answer(exchange, [200, headersOf(digest, blob.size)]);
  else if (request.headers['if-none-match']?.includes(`"${digest}"`)) {
    answer(exchange, [304, identity(digest)]);
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
  const {request, response} = exchange;
  // From here on the bytes stay, whoever deletes the blob.
  const file = openSync(path, 'r');
  try {
    const {size} = fstatSync(file);
    const isCurrent = [undefined, `"${digest}"`].includes(request.headers['if-range'] as string);
    const range = isCurrent ? byteRange(request.headers.range, size) : undefined;
    const {start, end} = range ?? {start: 0, end: size - 1};
    const part = range === undefined ? {} : {'Content-Range': `bytes ${start}-${end}/${size}`};
    const headers = {...headersOf(digest, end - start + 1), ...part};
    response.writeHead(range === undefined ? 200 : 206, headers);
    const reading = {fd: file, start, end, autoClose: false, highWaterMark: READ_AT_ONCE};
    if (size === 0) response.end();
    else await pipeline(createReadStream('', reading), response);
  } finally {
    closeSync(file);
  }
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
