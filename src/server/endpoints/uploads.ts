/** end-4 start, single-POST and mount, end-5 chunks, end-6 end, end-13 status, end-14 cancel: OCI distribution-spec v1.1.1. */
import {type Digest, isDigest} from '../../oci/digest.js';
import {isRepositoryPath} from '../../oci/reference.js';
import {answer, type Exchange} from '../exchange.js';
import {digestInvalid, nameInvalid, Refusal, sizeInvalid, uploadUnknown} from '../refusal.js';
import type {Chunk, Upload} from '../storage/upload.js';

export async function startUpload(exchange: Exchange): Promise<void> {
  const {service, name, query} = exchange;
  const digest = query.get('digest');
  const mount = query.get('mount');
  if (mount !== null && mounted(exchange, digestIn(mount))) {
    answer(exchange, [201, created(name, mount)]);
  } else if (digest !== null) {
    await complete(exchange, service.storage.uploads.start(name), digestIn(digest));
  } else {
    answer(exchange, [202, progress(name, service.storage.uploads.start(name))]);
  }
}

export async function pushChunk(exchange: Exchange): Promise<void> {
  const upload = uploadIn(exchange);
  await explained(exchange, upload, () => upload.append(chunkIn(exchange)));
  answer(exchange, [202, progress(exchange.name, upload)]);
}

export async function endUpload(exchange: Exchange): Promise<void> {
  const upload = uploadIn(exchange);
  await complete(exchange, upload, digestIn(exchange.query.get('digest') ?? ''));
}

export function uploadStatus(exchange: Exchange): void {
  answer(exchange, [204, progress(exchange.name, uploadIn(exchange))]);
}

export async function cancelUpload(exchange: Exchange): Promise<void> {
  await uploadIn(exchange).cancel();
  answer(exchange, [204, {}]);
}

/** From a repository that the client may read; without `from` any will do, if it may read them all. */
function mounted({service, grant, name, query}: Exchange, digest: Digest): boolean {
  const {repositories} = service.storage;
  const from = query.get('from') ?? '*';
  if (from !== '*' && !isRepositoryPath(from)) throw nameInvalid(from);
  if (!grant.allows({type: 'repository', name: from, action: 'pull'})) return false;
  if (from !== '*' && repositories.find(from)?.blob(digest) === undefined) return false;
  return repositories.open(name).link(digest);
}

async function complete(exchange: Exchange, upload: Upload, want: Digest): Promise<void> {
  const {service, name} = exchange;
  const keep = async (draft: string, got: Digest): Promise<void> => {
    if (got !== want) throw digestInvalid(want, `the digest of what came is ${got}`);
    await service.storage.pool.adopt(got, draft);
    service.storage.repositories.open(name).link(got);
  };
  await explained(exchange, upload, () => upload.complete(chunkIn(exchange), keep));
  answer(exchange, [201, created(name, want)]);
}

function chunkIn(exchange: Exchange): Chunk {
  const {request} = exchange;
  const declared = request.headers['content-length'];
  const range = request.headers['content-range'];
  const chunk = {bytes: exchange.body, abandon: () => void request.destroy()};
  const size = declared === undefined ? {} : {length: Number(declared)};
  if (range === undefined) return {...chunk, ...size};
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(range) ?? [];
  const [start, length] = [Number(first), Number(last) - Number(first) + 1];
  if (!(length >= 1)) {
    const message = `want a Content-Range like 0-1023, got ${range.slice(0, 200)}`;
    throw new Refusal([400, 'BLOB_UPLOAD_INVALID'], message);
  }
  if (declared !== undefined && Number(declared) !== length) {
    throw sizeInvalid(`Content-Range has ${length} bytes, Content-Length says ${declared}`);
  }
  return {...chunk, start, length};
}

/** A client that is refused learns where to go on. */
async function explained(
  {name}: Exchange,
  upload: Upload,
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 416) throw error;
    throw new Refusal([416, error.code], error.message, {headers: progress(name, upload)});
  }
}

function uploadIn({service, name, target}: Exchange): Upload {
  const upload = service.storage.uploads.find(name, target);
  if (upload === undefined) throw uploadUnknown();
  return upload;
}

/** Of an upload without a byte the range is 0-0 as well, as every registry says it. */
const progress = (name: string, {id, offset}: Upload) => ({
  Location: `/v2/${name}/blobs/uploads/${id}`,
  Range: `0-${Math.max(0, offset - 1)}`,
  'Docker-Upload-UUID': id,
});

const created = (name: string, digest: string) => ({
  Location: `/v2/${name}/blobs/${digest}`,
  'Docker-Content-Digest': digest,
});

function digestIn(text: string): Digest {
  if (!isDigest(text)) throw digestInvalid(text);
  return text;
}
