/**
 * The --mount flags of a RUN → the mounts of its op, and the inputs these read.
 *
 * Throws  InvalidValueError with the flag's place.
 * Source  docker's Dockerfile reference, RUN --mount; buildkit v0.26 dockerfile2llb/convert_runmount.go.
 */
import type {RunInstruction} from '../../../dockerfile/instruction.js';
import type {
  AgentMount,
  BindMount,
  CacheMount,
  RunMount,
  TemporaryMount,
} from '../../../graph/run-mount.js';
import type {Vertex} from '../../../graph/vertex.js';
import type {StageContext} from '../../stage-context.js';
import type {StageState} from '../../state.js';
import {type MountOptions, readMountOptions} from './mount-options.js';
import {absolute, clean, ownerOf, type ReadMount, targetOf} from './read-mount.js';
import {secretMount} from './secret-mount.js';
import {mountedVertex} from './source-vertex.js';

export interface LoweredMounts {
  readonly mounts: readonly RunMount[];
  /** After the root: what the mounts' sources count from 1. */
  readonly inputs: readonly (Vertex | null)[];
}

export interface MountStage {
  readonly state: StageState;
  readonly context: StageContext;
  readonly expand: (word: string) => string;
}

export function lowerMounts({mounts: flags}: RunInstruction, stage: MountStage): LoweredMounts {
  const inputs: (Vertex | null)[] = [];
  const mounts: RunMount[] = [];
  for (const flag of flags) {
    const options = readMountOptions(flag, stage.expand);
    const lowered = lowerings[options.type]({flag, options}, {...stage, inputs, mounts});
    mounts.push(lowered);
  }
  return {mounts, inputs};
}

/** With what the flags before have come to. */
interface Place extends MountStage {
  readonly inputs: (Vertex | null)[];
  readonly mounts: readonly RunMount[];
}

function bindMount({flag, options}: ReadMount, {state, context, inputs}: Place): BindMount {
  const from = flag.from === undefined ? undefined : context.source(flag.from, flag.place.lines);
  const {vertex, path} = mountedVertex(from, options.source ?? '');
  return {
    type: 'bind',
    target: targetOf({flag, options}, state),
    source: {input: inputs.push(vertex), path},
    readonly: options.readonly ?? true,
  };
}

/** Without a `from` it begins empty, whatever its source says. */
function cacheMount({flag, options}: ReadMount, {state, context, inputs}: Place): CacheMount {
  const target = targetOf({flag, options}, state);
  const {mode, uid, gid} = options;
  const owned = mode !== undefined || uid !== undefined || gid !== undefined;
  const namespace = context.buildArgs.get('BUILDKIT_CACHE_MOUNT_NS') ?? '';
  const mount: CacheMount = {
    type: 'cache',
    target,
    id: `${namespace}/${options.id || clean(options.target ?? '')}`,
    sharing: options.sharing ?? 'shared',
    readonly: options.readonly ?? false,
    ...(owned ? {owner: ownerOf(options, 0o755)} : {}),
  };
  if (flag.from === undefined) return mount;
  const from = context.source(flag.from, flag.place.lines);
  const {vertex, path} = mountedVertex(from, options.source ?? '');
  return {...mount, source: {input: inputs.push(vertex), path}};
}

function temporaryMount({flag, options}: ReadMount, {state}: Place): TemporaryMount {
  const {size = 0, readonly = false} = options;
  const target = targetOf({flag, options}, state);
  return {type: 'tmpfs', target, readonly, ...(size === 0 ? {} : {size})};
}

function agentMount({options}: ReadMount, {state, mounts}: Place): AgentMount {
  const {id = '', target = '', required = false} = options;
  const number = mounts.filter(({type}) => type === 'ssh').length;
  return {
    type: 'ssh',
    id: id || 'default',
    target: target === '' ? `/run/buildkit/ssh_agent.${number}` : absolute(target, state),
    required,
    owner: ownerOf(options, 0o600),
  };
}

const lowerings: Readonly<
  Record<MountOptions['type'], (read: ReadMount, place: Place) => RunMount>
> = {
  bind: bindMount,
  cache: cacheMount,
  tmpfs: temporaryMount,
  secret: (read, {state}) => secretMount(read, state),
  ssh: agentMount,
};
