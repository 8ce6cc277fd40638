/**
 * The heavy work on layers, in a worker thread when it is large and right here when it is not: a worker costs 30 ms and 13 MB,
 * which small work would be done in. Results and errors are the same either way.
 */
import {readdirSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {asPath, type ByteString, fromText} from '../archive/byte-string.js';
import type {Digest} from '../oci/digest.js';
import {type AppliedLayer, applyLayer, type ExpectedLayer} from './apply.js';
import {breakRing, ringMemory} from './byte-ring.js';
import {type CopyRequest, copyLayer} from './copy-tree.js';
import {type Fingerprint, fingerprint} from './fingerprint.js';
import type {LayerSummary} from './layer-summary.js';
import {linkTree} from './link-tree.js';
import {isDirectory} from './overlay-form.js';
import {type ExportedTree, type ExportTreeRequest, exportTree} from './root/export-tree.js';
import {type SelectRequest, selectTree, type TreeSelection} from './select.js';
import {hasWildcard} from './source/glob.js';
import {locate} from './source/source-root.js';
import {type SummaryDigest, summarize} from './summarize.js';
import {lstat} from './target/lower-stack.js';
import type {Target} from './target/target-tree.js';
import {hasWorkers, runInWorker, runTogether} from './worker-pool.js';

const MANY = 1000;
const BIG = 32 << 20;
/** Bytes of a layer as it comes: below, it is unpacked here; from the second on, by two threads. */
const SMALL = 1 << 16;
const SPLIT = 4 << 20;
/** Bytes a file from which on hashing is most of the work, and not looking. */
const AVERAGE = 8 << 10;

/** `selectTree`. */
export async function selectFiles(request: SelectRequest): Promise<TreeSelection> {
  const root = fromText(request.root);
  const paths = request.sources.map((source) => {
    const fixed = source.split('/');
    const wild = fixed.findIndex(hasWildcard);
    const located = locate(root, fromText((wild < 0 ? fixed : fixed.slice(0, wild)).join('/')));
    return located === undefined ? root : `${root}/${located.path}`;
  });
  return isLarge(paths) ? runInWorker({kind: 'select', request}) : selectTree(request);
}

/** `copyLayer`: copies, and says what layer that is. `work` is what the selection says of itself. */
export async function copyFiles(
  request: CopyRequest,
  work: Pick<TreeSelection, 'entries' | 'bytes'>,
): Promise<LayerSummary> {
  const large = work.entries > MANY || work.bytes > BIG;
  return large ? runInWorker({kind: 'copy', request}) : copyLayer(request);
}

/** `summarize`; of much content each digest in a thread of its own. */
export async function summarizeLayer(upper: string, newest?: number): Promise<LayerSummary> {
  const {files, bytes, isLarge} = weigh([fromText(upper)]);
  if (!isLarge) return summarize(upper, {newest});
  if (bytes < files * AVERAGE || availableParallelism() < 2) {
    return runInWorker({kind: 'summarize', upper, newest});
  }
  const part = (wanted: SummaryDigest) =>
    runInWorker({kind: 'summarize-for', wanted, upper, newest});
  const [whole, content] = await Promise.all([part('diffID'), part('contentDigest')]);
  return {diffID: whole.digest, size: whole.size, contentDigest: content.digest};
}

/** `fingerprint`. */
export async function fingerprintLayer(directory: string): Promise<Fingerprint> {
  // Looks at names and times alone: large files are no work.
  const large = isLarge([fromText(directory)], Number.POSITIVE_INFINITY);
  return large ? runInWorker({kind: 'fingerprint', directory}) : fingerprint(directory);
}

/** `exportTree`. */
export async function exportFiles(request: ExportTreeRequest): Promise<ExportedTree> {
  const large = isLarge(request.layers.map(fromText));
  return large ? runInWorker({kind: 'export', request}) : exportTree(request);
}

/** `pourLayer`, always in a worker: whoever reads what it writes may need this thread. */
export const pourTar = (upper: string, fd: number): Promise<Digest | undefined> =>
  runInWorker({kind: 'pour', upper, fd});

/** `linkTree`. */
export async function linkLayer(layer: string, upper: string): Promise<void> {
  if (isLarge([fromText(layer)])) await runInWorker({kind: 'link', layer, upper});
  else linkTree(layer, upper);
}

/** `applyLayer`. A chunk of the source that fills its buffer is gone with it. */
export async function unpackLayer(
  source: AsyncIterable<Uint8Array>,
  target: Target,
  expected: ExpectedLayer = {},
): Promise<AppliedLayer> {
  const {size = SPLIT} = expected;
  if (size < SMALL) return applyLayer(source, target, expected);
  return size >= SPLIT && hasWorkers(2)
    ? unpackByTwo(source, target, expected)
    : runInWorker({kind: 'apply', target, expected}, source);
}

/** One thread decompresses, another hashes and makes the files: each is about half of the work. */
async function unpackByTwo(
  source: AsyncIterable<Uint8Array>,
  target: Target,
  expected: ExpectedLayer,
): Promise<AppliedLayer> {
  const ring = ringMemory();
  const breaks = () => breakRing(ring);
  const jobs = await runTogether(
    {kind: 'unpack', expected, to: ring},
    {kind: 'apply-tar', target, expected, from: ring},
    source,
  );
  // One that is gone, with its thread, can tell the other nothing.
  for (const job of jobs) job.catch(breaks);
  const [tar, applied] = await Promise.allSettled(jobs);
  // Without its bytes the second fails as well.
  if (tar.status === 'rejected') throw tar.reason;
  if (applied.status === 'rejected') throw applied.reason;
  return applied.value;
}

const isLarge = (paths: readonly ByteString[], big = BIG): boolean => weigh(paths, big).isLarge;

/** Looks at no more files than it takes to know. */
function weigh(
  paths: readonly ByteString[],
  big = BIG,
): {readonly files: number; readonly bytes: number; readonly isLarge: boolean} {
  const pending = [...paths];
  let files = 0;
  let bytes = 0;
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const stat = lstat(path);
    if (stat === undefined) continue;
    bytes += stat.size;
    if (++files > MANY || bytes > big) return {files, bytes, isLarge: true};
    if (!isDirectory(stat)) continue;
    const names = readdirSync(asPath(path), 'latin1');
    if (files + names.length > MANY) return {files, bytes, isLarge: true};
    for (const name of names) pending.push(`${path}/${name}`);
  }
  return {files, bytes, isLarge: false};
}
