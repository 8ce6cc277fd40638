/** What a stage has become after some of its instructions. Immutable: each lowering returns the next one. */
import type {Vertex} from '../graph/vertex.js';
import type {RunConfig} from '../oci/image-config.js';
import type {BuildDefinition, HistoryDraft} from './build-definition.js';

export interface StageState {
  /** The root file system; null is the empty one. */
  readonly root: Vertex | null;
  readonly config: BuildDefinition['config'];
  readonly history: readonly HistoryDraft[];
  /** ARGs in force, in order of their first declaration; without a value they are only known. */
  readonly args: readonly DeclaredArg[];
  /** CMD stood in this stage itself: ENTRYPOINT leaves it alone. */
  readonly cmdSet: boolean;
  /** WORKDIR stood in this Dockerfile. */
  readonly workdirSet: boolean;
  /** Vertices named so far: `[builder 2/5]` has 2. */
  readonly labels: number;
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
  const merged = Object.entries({...state.config.config, ...changes});
  const config = Object.fromEntries(merged.filter(([, value]) => value !== undefined));
  return {...state, config: {...state.config, config}};
}

/** A step that only changed the config. */
export const withEmptyRow = (state: StageState, createdBy: string): StageState => ({
  ...state,
  history: [...state.history, {kind: 'empty', createdBy, comment}],
});

/** A step that made a layer; its vertex becomes the root. */
export const withLayer = (state: StageState, vertex: Vertex, createdBy: string): StageState => ({
  ...state,
  root: vertex,
  labels: state.labels + 1,
  history: [...state.history, {kind: 'layer', createdBy, comment, vertex}],
});

export const workingDirectory = (state: StageState): string =>
  state.config.config.WorkingDir ?? '/';

export const user = (state: StageState): string => state.config.config.User ?? '';
