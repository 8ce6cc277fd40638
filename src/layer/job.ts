/** The work that may be done in another thread: plain data in, plain data out. */

import type {Digest} from '../oci/digest.js';
import {type AppliedLayer, applyLayer, applyTar, type ExpectedLayer, unpacked} from './apply.js';
import {type RingMemory, readRing, writeRing} from './byte-ring.js';
import {type CopyRequest, copyLayer} from './copy-tree.js';
import {type Fingerprint, fingerprint} from './fingerprint.js';
import type {LayerSummary} from './layer-summary.js';
import {linkTree} from './link-tree.js';
import {pourLayer} from './pour.js';
import {type ExportedTree, type ExportTreeRequest, exportTree} from './root/export-tree.js';
import {type SelectRequest, selectTree, type TreeSelection} from './select.js';
import {type SummaryDigest, summarize, summarizeFor} from './summarize.js';
import type {Target} from './target/target-tree.js';

export type Job =
  | {readonly kind: 'select'; readonly request: SelectRequest}
  | {readonly kind: 'copy'; readonly request: CopyRequest}
  | {readonly kind: 'summarize'; readonly upper: string; readonly newest?: number | undefined}
  | {
      readonly kind: 'summarize-for';
      readonly wanted: SummaryDigest;
      readonly upper: string;
      readonly newest?: number | undefined;
    }
  | {readonly kind: 'fingerprint'; readonly directory: string}
  | {readonly kind: 'export'; readonly request: ExportTreeRequest}
  | {readonly kind: 'pour'; readonly upper: string; readonly fd: number}
  | {readonly kind: 'link'; readonly layer: string; readonly upper: string}
  /** The bytes come beside the job. */
  | {readonly kind: 'apply'; readonly target: Target; readonly expected: ExpectedLayer}
  /** The same in two threads: here the bytes come beside the job, and go on through the ring. */
  | {readonly kind: 'unpack'; readonly expected: ExpectedLayer; readonly to: RingMemory}
  | {
      readonly kind: 'apply-tar';
      readonly target: Target;
      readonly expected: ExpectedLayer;
      readonly from: RingMemory;
    };

export interface JobResults {
  readonly select: TreeSelection;
  readonly copy: LayerSummary;
  readonly summarize: LayerSummary;
  readonly 'summarize-for': ReturnType<typeof summarizeFor>;
  readonly fingerprint: Fingerprint;
  readonly export: ExportedTree;
  readonly pour: Digest | undefined;
  readonly link: undefined;
  readonly apply: AppliedLayer;
  readonly unpack: undefined;
  readonly 'apply-tar': AppliedLayer;
}

export async function runJob(
  job: Job,
  bytes: AsyncIterable<Uint8Array>,
): Promise<JobResults[Job['kind']]> {
  switch (job.kind) {
    case 'select':
      return selectTree(job.request);
    case 'copy':
      return copyLayer(job.request);
    case 'summarize':
      return summarize(job.upper, {newest: job.newest});
    case 'summarize-for':
      return summarizeFor(job.wanted, job.upper, {newest: job.newest});
    case 'fingerprint':
      return fingerprint(job.directory);
    case 'export':
      return exportTree(job.request);
    case 'pour':
      return pourLayer(job.upper, job.fd);
    case 'link':
      linkTree(job.layer, job.upper);
      return undefined;
    case 'apply':
      return applyLayer(bytes, job.target, job.expected);
    case 'unpack':
      await writeRing(job.to, await unpacked(bytes, job.expected));
      return undefined;
    case 'apply-tar':
      return applyTar(readRing(job.from), job.target, job.expected);
  }
}
