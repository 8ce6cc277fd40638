/**
 * Dockerfile → BuildDefinition: the second pass.
 *
 * Takes   the text, what the command line adds to it, and a port that knows images.
 * Returns the graph of the target, the config to be, and every instruction as people see it go by.
 * Throws  a DockerfileError with its lines, or TargetNotFoundError. Nothing is built, pulled or read.
 */
import {Allowance} from '../dockerfile/allowance.js';
import type {Instruction} from '../dockerfile/instruction.js';
import {checkFile} from '../dockerfile/lint/check-file.js';
import type {Linter} from '../dockerfile/lint/linter.js';
import {type Dockerfile, parseDockerfile, type Stage} from '../dockerfile/stages.js';
import type {RunOp} from '../graph/op.js';
import type {Platform} from '../oci/platform.js';
import {redacted} from '../remote/redacted.js';
import type {BuildDefinition, BuildStep} from './build-definition.js';
import type {Entitlement} from './entitlements.js';
import {freshVertices} from './fresh-stages.js';
import {globalArgs} from './global-args.js';
import {checkFroms} from './lint/check-froms.js';
import {hiddenBy} from './lint/copy-ignored-file.js';
import {linterFor} from './lint/linter-for.js';
import {reportUnconsumedBuildArg} from './lint/unconsumed-build-arg.js';
import {lowerStage, type StageStep} from './lower-stage.js';
import {type NamedContext, NamedContexts} from './named-context.js';
import {isPredefined, platformArgs, proxyEnv} from './predefined-args.js';
import type {ResolveImage} from './resolve-image.js';
import {sourceDateEpoch} from './source-date-epoch.js';
import {type ReachedStage, reachedStages} from './stage-graph.js';
import {StageNames, stageLabel} from './stage-names.js';
import {historyOf, type StageState} from './state.js';

export interface LowerInput {
  readonly text: string;
  /** Stage name or number; the last stage without one. */
  readonly target?: string | undefined;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** `--label`: over those of the Dockerfile. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of the image to be. */
  readonly platform: Platform;
  /** Of this machine, for BUILDPLATFORM; by default the same. */
  readonly buildPlatform?: Platform | undefined;
  /** `--network`: of a RUN that does not say. */
  readonly network?: RunOp['network'] | undefined;
  /** `--allow`. */
  readonly allowed?: readonly Entitlement[] | undefined;
  /** Names of `--add-host`. */
  readonly extraHosts?: readonly string[] | undefined;
  readonly resolveImage: ResolveImage;
  /** `--build-context`, by `contextName`. */
  readonly contexts?: ReadonlyMap<string, NamedContext> | undefined;
  /** `--no-cache-filter`: stages by name or number. */
  readonly freshStages?: readonly string[] | undefined;
  /** What `SOURCE_DATE_EPOCH=context` stands for; absent for files, which have no time of their own. */
  readonly contextTime?: Date | undefined;
  /** Patterns of the ignore file, for the rule about files it hides. */
  readonly ignore?: readonly string[] | undefined;
}

export async function lower(input: LowerInput): Promise<BuildDefinition> {
  const dockerfile = parseDockerfile(input.text);
  const linter = linterFor(dockerfile, input.buildArgs);
  return (await evaluate(dockerfile, {...input, linter})).definition;
}

interface EvaluateInput extends LowerInput {
  readonly linter: Linter;
  /** Every stage, and not only what the target needs. */
  readonly allStages?: boolean;
}

/** What became of each stage. */
export interface Evaluated {
  readonly definition: BuildDefinition;
  readonly target: Stage;
  readonly globals: ReadonlyMap<string, string>;
  readonly reached: readonly ReachedStage[];
  readonly stages: ReadonlyMap<Stage, readonly StageStep[]>;
}

/** `lower`, for those who ask more than a build. */
export async function evaluate(dockerfile: Dockerfile, input: EvaluateInput): Promise<Evaluated> {
  const {linter, platform, resolveImage} = input;
  const {report} = linter;
  checkFile(dockerfile, report);
  const names = new StageNames(dockerfile.stages);
  const target = names.target(input.target);
  const buildArgs = new Map(Object.entries(input.buildArgs));
  const platforms = {target: input.platform, build: input.buildPlatform ?? input.platform};
  const predefined = platformArgs(platforms, input.target || target.from.name);
  const allowance = new Allowance();
  const globals = globalArgs(dockerfile, buildArgs, {predefined, allowance});
  const epoch = sourceDateEpoch(dockerfile, buildArgs, globals, input.contextTime);
  checkFroms(dockerfile, {predefined, globals, allowance}, report);
  const wanted = input.allStages === true ? [target, ...dockerfile.stages] : [target];
  const contexts = new NamedContexts(input.contexts);
  const graph = {dockerfile, names, globals, platform, contexts, resolveImage, allowance};
  const reached = await reachedStages(wanted, graph);
  const stages = lowerStages(
    reached,
    {
      escape: dockerfile.escape,
      buildArgs,
      globals,
      network: input.network ?? 'default',
      allowed: input.allowed ?? [],
      extraHosts: input.extraHosts ?? [],
      report,
      allowance,
      isIgnored: hiddenBy(input.ignore ?? []),
    },
    dockerfile.stages.length === 1,
  );
  const declared = declaredArgs(dockerfile, reached);
  for (const name of buildArgs.keys()) {
    if (declared.has(name) || predefined.has(name) || isPredefined(name)) continue;
    reportUnconsumedBuildArg(name, declared, report);
  }

  const final = stages.get(target)?.at(-1)?.state ?? emptyState(platform);
  const definition: BuildDefinition = {
    target: final.root,
    config: withLabels(final.config, input.labels),
    history: historyOf(final),
    steps: transcript(dockerfile, stages, platform),
    warnings: linter.warnings,
    violations: linter.fatal,
    proxyEnv: proxyEnv(buildArgs),
    epoch,
    fresh: freshVertices(input.freshStages ?? [], {names, reached, stages}),
  };
  return {definition, target, globals, reached, stages};
}

type Stages = ReadonlyMap<Stage, readonly StageStep[]>;

function lowerStages(
  reached: readonly ReachedStage[],
  context: Parameters<typeof lowerStage>[0]['context'],
  alone: boolean,
): Stages {
  const stages = new Map<Stage, readonly StageStep[]>();
  const bases = new Map<number, StageState>();
  for (const each of reached) {
    const steps = lowerStage({reached: each, bases, context, alone});
    stages.set(each.stage, steps);
    const state = steps.at(-1)?.state;
    if (state !== undefined) bases.set(each.stage.index, state);
  }
  return stages;
}

/** ARGs of the whole file: one in a stage that is not built still makes its --build-arg known. */
function declaredArgs(dockerfile: Dockerfile, reached: readonly ReachedStage[]): Set<string> {
  const instructions = [
    ...dockerfile.globalArgs,
    ...dockerfile.stages.flatMap((stage) => stage.instructions),
    ...reached.flatMap(({triggers}) => triggers),
  ];
  return new Set(
    instructions.flatMap((each) => (each.kind === 'arg' ? each.args.map(({key}) => key) : [])),
  );
}

const emptyState = ({
  os,
  architecture,
}: Platform): Pick<StageState, 'root' | 'config' | 'history'> => ({
  root: null,
  config: {os, architecture, config: {}},
  history: undefined,
});

function withLabels(
  config: BuildDefinition['config'],
  labels: LowerInput['labels'],
): BuildDefinition['config'] {
  const all = Object.entries({...config.config.Labels, ...labels});
  if (all.length === 0) return config;
  all.sort(([left], [right]) => (left < right ? -1 : 1));
  return {...config, config: {...config.config, Labels: Object.fromEntries(all)}};
}

/** Whether it may hold an address that something is fetched from; what others hold is shown as it was written. */
const fetches = ({kind, echo}: Pick<Instruction, 'kind' | 'echo'>): boolean =>
  kind === 'add' || kind === 'copy' || (kind === 'onbuild' && /^ONBUILD (ADD|COPY)\b/.test(echo));

/** `Step 1/7 : …` of docker's classic builder: the ARGs before FROM count, ONBUILD triggers belong to their FROM. */
function transcript(dockerfile: Dockerfile, stages: Stages, platform: Platform): BuildStep[] {
  const before = dockerfile.globalArgs.map((instruction) => ({
    stage: '',
    instruction,
    state: emptyState(platform),
    owns: false,
  }));
  const built = [...stages].flatMap(([stage, steps]) =>
    steps.map((step) => ({stage: stageLabel(stage), ...step})),
  );
  const all = [...before, ...built];
  return all.map(({stage, instruction, state, owns}, index) => ({
    index: index + 1,
    total: all.length,
    text: fetches(instruction) ? redacted(instruction.echo) : instruction.echo,
    stage,
    lines: instruction.lines,
    vertex: state.root,
    owns,
    // On demand: the histories of all steps together grow with the square of their number.
    get state() {
      return {config: state.config, history: historyOf(state)};
    },
  }));
}
