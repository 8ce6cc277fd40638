/** What a Dockerfile means for one target: the graph, the config to be, and the instructions people will see go by. */
import type {LintWarning} from '../dockerfile/lint/rule.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import type {ImageConfig} from '../oci/image-config.js';

export interface BuildDefinition {
  /** The root file system asked for; null is the empty one. */
  readonly target: Vertex | null;
  /** Config of the image to be without `rootfs.diff_ids` of the new layers: see `history`. */
  readonly config: Omit<ImageConfig, 'rootfs' | 'history' | 'created'>;
  /** Base entries first, then one for each instruction that leaves one; `vertex` where it made a layer. */
  readonly history: readonly HistoryDraft[];
  /** Every instruction of the stages reached, in Dockerfile order, as `Step N/M` shows them. */
  readonly steps: readonly BuildStep[];
  readonly warnings: readonly LintWarning[];
  /** Names of the lint rules that were broken and fail the build: `check=error=true`. */
  readonly violations: readonly string[];
  /** `NAME=value` for every RUN that has no such name in its op: proxies, which are in no key and no history. */
  readonly proxyEnv: readonly string[];
  /** SOURCE_DATE_EPOCH: the time of all that the build adds. */
  readonly epoch: Date | undefined;
  /** Vertices for which no earlier result is to be taken: --no-cache-filter. */
  readonly fresh: ReadonlySet<Digest>;
}

export type HistoryDraft =
  | {readonly kind: 'base'; readonly entry: ImageConfig['history'][number]}
  | {
      readonly kind: 'layer';
      readonly createdBy: string;
      readonly comment: string;
      readonly vertex: Vertex;
    }
  | {readonly kind: 'empty'; readonly createdBy: string; readonly comment: string};

export interface BuildStep {
  /** From 1, over all stages that are built. */
  readonly index: number;
  readonly total: number;
  /** The instruction as the classic builder echoes it. */
  readonly text: string;
  /** Name or `stage-N`; empty for an ARG before the first FROM, which belongs to none and makes no image. */
  readonly stage: string;
  readonly lines: {readonly first: number; readonly last: number};
  /** The vertex whose completion completes this step; metadata carries its stage's latest, null before any. */
  readonly vertex: Vertex | null;
  /** True when the vertex is this step's own work. */
  readonly owns: boolean;
  /** Config and history up to and including this step: the classic builder's intermediate image. */
  readonly state: {
    readonly config: BuildDefinition['config'];
    readonly history: readonly HistoryDraft[];
  };
}
