/** What the lowering of one stage may ask for besides its state. */
import type {Allowance} from '../dockerfile/allowance.js';
import type {Report} from '../dockerfile/lint/rule.js';
import type {Lines} from '../dockerfile/location.js';
import type {RunOp} from '../graph/op.js';
import type {Vertex} from '../graph/vertex.js';
import type {Entitlement} from './entitlements.js';
import type {IsIgnored} from './lint/copy-ignored-file.js';

export interface StageContext {
  readonly escape: '\\' | '`';
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Values of the ARGs before the first FROM, and the platform args. */
  readonly globals: ReadonlyMap<string, string>;
  readonly network: RunOp['network'];
  readonly allowed: readonly Entitlement[];
  /** Names of --add-host. */
  readonly extraHosts: readonly string[];
  readonly label: StageLabel;
  /** What a `from` names. */
  readonly source: (from: string, lines: Lines) => FileSource;
  readonly report: Report;
  /** Of the whole Dockerfile. */
  readonly allowance: Allowance;
  /** By .dockerignore. */
  readonly isIgnored: IsIgnored;
}

/** Where files come from that are not the build's context: a root, or another context by its name. */
export type FileSource =
  | {readonly kind: 'root'; readonly vertex: Vertex | null}
  | {readonly kind: 'context'; readonly name: string};

export interface StageLabel {
  /** Empty when the file has one stage. */
  readonly stage: string;
  /** Vertices the stage will have, by docker's count: FROM image, ADD, COPY, RUN, WORKDIR. */
  readonly total: number;
  /** The instruction being lowered came from ONBUILD. */
  readonly trigger: boolean;
}

/** `[builder 2/5] RUN make`. */
export function vertexName(label: StageLabel, labelsBefore: number, text: string): string {
  const number = String(labelsBefore + 1).padStart(String(label.total).length);
  const stage = label.stage === '' ? '' : `${label.stage} `;
  return `[${stage}${number}/${label.total}] ${label.trigger ? 'ONBUILD ' : ''}${text}`;
}
