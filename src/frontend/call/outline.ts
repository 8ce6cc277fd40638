/**
 * `--call outline`: what a build of the target can be given.
 *
 *   args     ARGs of the stages it needs, and those before the first FROM that they use, directly or through others
 *   secrets  what RUN --mount=type=secret asks for; `required` when the step fails without
 *   ssh      agents and keys that RUN --mount=type=ssh asks for
 *
 * Each name once, in the order of the file, where it stands first. Predefined ARGs are nobody's to describe.
 * Source  docker's buildx reference, `--call=outline`.
 */
import {descriptionOf} from '../../dockerfile/description.js';
import type {ArgInstruction} from '../../dockerfile/instruction.js';
import type {Lines} from '../../dockerfile/location.js';
import {type Dockerfile, parseDockerfile} from '../../dockerfile/stages.js';
import {linterFor} from '../lint/linter-for.js';
import {type Evaluated, evaluate, type LowerInput} from '../lower.js';
import type {StageStep} from '../lower-stage.js';
import {isPlatformArg, isPredefined} from '../predefined-args.js';
import {stageDescription} from './targets.js';

export interface Outline {
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly args: readonly OutlinedArg[];
  readonly secrets: readonly OutlinedMount[];
  readonly ssh: readonly OutlinedMount[];
}

interface OutlinedArg {
  readonly name: string;
  readonly description: string | undefined;
  /** With build args; undefined where there is neither one nor a default. */
  readonly value: string | undefined;
  readonly lines: Lines;
}

interface OutlinedMount {
  /** The id. */
  readonly name: string;
  /** By one of the steps at least. */
  readonly required: boolean;
  readonly lines: Lines;
}

/** Throws as `lower` does. */
export async function outline(input: LowerInput): Promise<Outline> {
  const dockerfile = parseDockerfile(input.text);
  const linter = linterFor(dockerfile, input.buildArgs);
  const evaluated = await evaluate(dockerfile, {...input, linter});
  const {from} = evaluated.target;
  return {
    name: from.name,
    description: stageDescription(from),
    args: outlinedArgs(dockerfile, evaluated),
    secrets: outlinedMounts('secret', evaluated),
    ssh: outlinedMounts('ssh', evaluated),
  };
}

function outlinedMounts(type: 'secret' | 'ssh', {stages}: Evaluated): readonly OutlinedMount[] {
  const all = new Map<string, OutlinedMount>();
  for (const {instruction, state, owns} of [...stages.values()].flat()) {
    const op = owns ? state.root?.op : undefined;
    for (const mount of op?.kind === 'run' ? (op.mounts ?? []) : []) {
      if (mount.type !== type) continue;
      const known = all.get(mount.id);
      const {lines} = known ?? instruction;
      const required = mount.required || known?.required === true;
      all.set(mount.id, {name: mount.id, required, lines});
    }
  }
  return [...all.values()];
}

function outlinedArgs(dockerfile: Dockerfile, evaluated: Evaluated): readonly OutlinedArg[] {
  const {globals, stages} = evaluated;
  const ofStages = [...stages.values()].flatMap((steps) => steps.flatMap(declaredBy));
  const used = usedGlobals(dockerfile, evaluated);
  const ofFile = dockerfile.globalArgs.flatMap((instruction) =>
    instruction.args
      .filter(({key}) => used.has(key))
      .map(({key}) => described(instruction, key, globals.get(key))),
  );
  const all = new Map<string, OutlinedArg>();
  for (const arg of [...ofFile, ...ofStages]) {
    if (!all.has(arg.name)) all.set(arg.name, arg);
  }
  return [...all.values()].filter(({name}) => !isPredefined(name) && !isPlatformArg(name));
}

function declaredBy({instruction, state}: StageStep): OutlinedArg[] {
  if (instruction.kind !== 'arg') return [];
  const values = new Map(state.args.map(({key, value}) => [key, value]));
  return instruction.args.map(({key}) => described(instruction, key, values.get(key)));
}

const described = (
  {comments, lines}: ArgInstruction,
  name: string,
  value: string | undefined,
): OutlinedArg => ({name, description: descriptionOf([name], comments), value, lines});

/** Those that a FROM names or a stage declares again, and those their defaults are made of. */
function usedGlobals({globalArgs}: Dockerfile, {reached}: Evaluated): ReadonlySet<string> {
  const defaults = new Map(
    globalArgs.flatMap(({args}) => args.map(({key, value}) => [key, value ?? ''] as const)),
  );
  const pending = reached.flatMap(({stage: {from, instructions}}) => [
    ...namesIn(`${from.base} ${from.platform ?? ''}`),
    ...instructions.flatMap((each) => (each.kind === 'arg' ? each.args.map(({key}) => key) : [])),
  ]);
  const used = new Set<string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    pending.push(...namesIn(defaults.get(name) ?? ''));
  }
  return used;
}

const namesIn = (text: string): string[] =>
  [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
