import type {BaseName} from '../bases/recipes.js';
import type {Builder} from './builder.js';
import type {BenchRegistry} from './registry.js';
import type {WorkloadName} from './workloads/contexts.js';

export interface Case {
  readonly name: string;
  readonly base?: BaseName;
  readonly workload?: WorkloadName;
  /** Ours divided by the best peer's, at most. */
  readonly goal?: number;
  /** Whether a registry is to listen at `place.registry` for each builder. */
  readonly registry?: boolean;
  /** Builders that do only a part of the work: no rivals. */
  readonly floors?: readonly string[];
  /** Untimed: what all builders need, made by tsbuild; then once per builder, and before each run. */
  ready?(tsbuild: Builder, place: CasePlace): void;
  once?(builder: Builder, place: CasePlace): void;
  before?(builder: Builder, place: CasePlace): void;
  /** Undefined where the builder has no such thing. */
  command(builder: Builder, place: CasePlace): string | undefined;
  /** Untimed, when all runs are over. */
  after?(place: CasePlace): void;
}

export interface CasePlace {
  /** The context's directory. */
  readonly context: string;
  /** A directory every builder may write to. */
  readonly scratch: string;
  readonly registry: BenchRegistry;
}

/** What the image of a workload is called everywhere. */
export const imageOf = (workload: string): string => `bench-${workload}`;
