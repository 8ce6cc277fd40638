/** One stage, its base known, its sources built: FROM, the base's triggers, then its own instructions. */
import type {FromInstruction} from '../dockerfile/instruction.js';
import type {Lines} from '../dockerfile/location.js';
import type {StageInstruction} from '../dockerfile/stages.js';
import {type Vertex, vertex} from '../graph/vertex.js';
import {contextRoot} from './context-root.js';
import {hasVariable, withoutHidden} from './environment.js';
import {checkInvalidBaseImagePlatform} from './lint/invalid-base-image-platform.js';
import {checkJSONArgsRecommended} from './lint/json-args-recommended.js';
import {checkMultipleInstructionsDisallowed} from './lint/multiple-instructions-disallowed.js';
import {lowerInstruction} from './lower-instruction.js';
import type {ResolvedImage} from './resolve-image.js';
import {type FileSource, type StageContext, vertexName} from './stage-context.js';
import type {ReachedStage, StageSource} from './stage-graph.js';
import {stageLabel} from './stage-names.js';
import {type HistoryChain, type StageState, withConfig, withLayer} from './state.js';

/** A state after an instruction, for the transcript of steps. */
export interface StageStep {
  readonly instruction: FromInstruction | StageInstruction;
  readonly state: StageState;
  readonly owns: boolean;
}

export interface StageInput {
  readonly reached: ReachedStage;
  readonly bases: ReadonlyMap<number, StageState>;
  readonly context: Omit<StageContext, 'label' | 'source'>;
  /** The file has one stage: labels go without its name. */
  readonly alone: boolean;
}

type ImageSource = Extract<StageSource, {kind: 'image'}>;

const defaultPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function lowerStage(input: StageInput): StageStep[] {
  const {stage, triggers, instructions} = input.reached;
  const context = stageContext(input);
  checkMultipleInstructionsDisallowed([...triggers, ...instructions], context.report);
  const inherited = lowerFrom(input, context);
  const triggered = triggers.reduce(
    (state, trigger) =>
      lowerInstruction(state, trigger, {...context, label: {...context.label, trigger: true}}),
    inherited,
  );
  const shared = input.reached.base.kind === 'image' ? null : inherited.root;
  const owns = triggered.root !== shared;
  const steps: StageStep[] = [{instruction: stage.from, state: triggered, owns}];
  let state = triggered;
  for (const instruction of instructions) {
    checkJSONArgsRecommended(instruction, state.config.config.Shell, context.report);
    const next = lowerInstruction(state, instruction, context);
    steps.push({instruction, state: next, owns: next.root !== state.root});
    state = next;
  }
  return steps;
}

function stageContext({reached, bases, context, alone}: StageInput): StageContext {
  const {stage, triggers, instructions, base} = reached;
  const named = [...triggers, ...instructions].filter(makesVertex).length;
  const label = {
    stage: alone ? '' : stageLabel(stage),
    total: named + (base.kind === 'image' || base.kind === 'context' ? 1 : 0),
    trigger: false,
  };
  return {...context, label, source: (from) => copySource(reached.sources.get(from), bases)};
}

const makesVertex = ({kind}: StageInstruction): boolean =>
  kind === 'run' || kind === 'copy' || kind === 'add' || kind === 'workdir';

function copySource(
  source: StageSource | undefined,
  bases: ReadonlyMap<number, StageState>,
): FileSource {
  if (source?.kind === 'context') {
    const {context} = source;
    if (context.kind === 'directory') return {kind: 'context', name: context.name};
    return {kind: 'root', vertex: contextRoot(context, {name: context.name})};
  }
  return {kind: 'root', vertex: rootOf(source, bases)};
}

function rootOf(
  source: Exclude<StageSource, {kind: 'context'}> | undefined,
  bases: ReadonlyMap<number, StageState>,
): Vertex | null {
  if (source?.kind === 'stage') return bases.get(source.stage.index)?.root ?? null;
  if (source?.kind !== 'image') return null;
  return imageVertex(source, `FROM ${source.image.reference}`);
}

function lowerFrom({reached, bases}: StageInput, context: StageContext): StageState {
  const {base, stage, platform} = reached;
  const fresh = {args: [], cmdSet: false, workdirSet: false, labels: 0};
  if (base.kind === 'stage') {
    const parent = bases.get(base.stage.index);
    if (parent !== undefined) {
      const args = withoutHidden(parent.args, parent.config.config.Env ?? []);
      return withConfig({...parent, args, cmdSet: false, labels: 0}, {OnBuild: undefined});
    }
  }
  if (base.kind !== 'image') {
    const {os, architecture, variant} = platform;
    const config = {
      architecture,
      os,
      ...(variant === undefined ? {} : {variant}),
      config: {Env: [defaultPath], WorkingDir: '/'},
    };
    const empty: StageState = {...fresh, root: null, config, history: undefined};
    if (base.kind !== 'context') return empty;
    const text = `FROM ${stage.from.base}`;
    const labels = {name: vertexName(context.label, 0, text), lines: stage.from.lines};
    return withLayer(empty, contextRoot(base.context, labels), `${text} # buildkit`);
  }
  const name = vertexName(context.label, 0, `FROM ${pinned(base.image.reference, base.resolved)}`);
  const root = imageVertex(base, name, stage.from.lines);
  const {reference, platform: expected} = base.image;
  const actual = base.resolved.config;
  checkInvalidBaseImagePlatform(stage.from, {reference, expected, actual}, context.report);
  return {...fresh, ...imageState(base), root, labels: 1};
}

/** An image without layers is the empty root. */
function imageVertex({image, resolved}: ImageSource, name: string, lines?: Lines): Vertex | null {
  if (resolved.config.rootfs.diff_ids.length === 0) return null;
  return vertex({
    op: {kind: 'image', ...image, manifest: resolved.manifest},
    inputs: [],
    name,
    ...(lines === undefined ? {} : {lines}),
  });
}

const pinned = (reference: string, {manifest}: ResolvedImage): string =>
  reference.includes('@') ? reference : `${reference}@${manifest}`;

/** What a stage inherits: config and history; triggers were read from it already. */
function imageState({image, resolved}: ImageSource): Pick<StageState, 'config' | 'history'> {
  const {rootfs: _rootfs, history, created: _created, ...rest} = resolved.config;
  const {OnBuild: _triggers, ...config} = rest.config;
  const env = config.Env ?? [];
  const hasPath = hasVariable(env, 'PATH');
  // Older configs leave the variant out although the index names it.
  const {architecture, variant} = image.platform;
  const named = variant === undefined || rest.architecture !== architecture ? {} : {variant};
  return {
    config: {...named, ...rest, config: {...config, Env: hasPath ? env : [...env, defaultPath]}},
    history: history.reduce<HistoryChain | undefined>(
      (before, entry) => ({before, row: {kind: 'base', entry}}),
      undefined,
    ),
  };
}
