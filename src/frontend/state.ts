/** What a stage has become after some of its instructions. Immutable: each lowering returns the next one. */
import type {Vertex} from '../graph/vertex.js';
import type {RunConfig} from '../oci/image-config.js';
import type {BuildDefinition, HistoryDraft} from './build-definition.js';

export interface StageState {
  /** The root file system; null is the empty one. */
  readonly root: Vertex | null;
  readonly config: BuildDefinition['config'];
  readonly history: HistoryChain | undefined;
  /** ARGs in order of their first declaration; one without a value is only known, or hidden by an ENV. */
  readonly args: readonly DeclaredArg[];
  /** CMD stood in this stage itself: ENTRYPOINT leaves it alone. */
  readonly cmdSet: boolean;
  /** WORKDIR stood in this Dockerfile. */
  readonly workdirSet: boolean;
  /** Vertices named so far: `[builder 2/5]` has 2. */
  readonly labels: number;
}

/** The last row and those before it, shared by all states that come after. */
export interface HistoryChain {
  readonly before: HistoryChain | undefined;
  readonly row: HistoryDraft;
}

export interface DeclaredArg {
  readonly key: string;
  readonly value: string | undefined;
}

/** In every history row we write: which frontend made it. */
const comment = 'tsbuild.dockerfile.v1';

/** Members that are undefined disappear. */
export function withConfig(
  state: StageState,
  changes: {readonly [Key in keyof RunConfig]?: RunConfig[Key] | undefined},
): StageState {
  const config: {-readonly [Key in keyof RunConfig]: RunConfig[Key] | undefined} = {
    ...state.config.config,
    ...changes,
  };
  for (const key of Object.keys(changes) as (keyof RunConfig)[]) {
    if (changes[key] === undefined) delete config[key];
  }
  return {...state, config: {...state.config, config: config as RunConfig}};
}

/** A step that only changed the config. */
export const withEmptyRow = (state: StageState, createdBy: string): StageState => ({
  ...state,
  history: {before: state.history, row: {kind: 'empty', createdBy, comment}},
});

/** A step that made a layer; its vertex becomes the root. */
export const withLayer = (state: StageState, vertex: Vertex, createdBy: string): StageState => ({
  ...state,
  root: vertex,
  labels: state.labels + 1,
  history: {before: state.history, row: {kind: 'layer', createdBy, comment, vertex}},
});

export const workingDirectory = (state: StageState): string =>
  state.config.config.WorkingDir ?? '/';

export const user = (state: StageState): string => state.config.config.User ?? '';

/** First row first. */
export function historyOf({history}: Pick<StageState, 'history'>): HistoryDraft[] {
  const rows: HistoryDraft[] = [];
  for (let chain = history; chain !== undefined; chain = chain.before) rows.push(chain.row);
  return rows.reverse();
}
