import type {ArgInstruction, PairsInstruction} from '../../dockerfile/instruction.js';
import {withoutHidden, withVariables} from '../environment.js';
import {Expander} from '../expansion.js';
import {checkLegacyKeyValueFormat} from '../lint/legacy-key-value-format.js';
import {checkSecretsUsedInArgOrEnv} from '../lint/secrets-used-in-arg-or-env.js';
import type {StageContext} from '../stage-context.js';
import {type DeclaredArg, type StageState, withConfig, withEmptyRow} from '../state.js';

/** ENV and LABEL: every value is expanded with what held before the instruction. */
export function lowerPairs(
  state: StageState,
  instruction: PairsInstruction,
  context: StageContext,
): StageState {
  const keyword = instruction.kind.toUpperCase();
  checkLegacyKeyValueFormat(instruction, context.report);
  const expander = new Expander(state, context, instruction);
  const pairs = instruction.pairs.map(({key, value}) => ({
    key: expander.text(key),
    value: expander.text(value),
  }));
  if (instruction.kind === 'env') {
    const found = {report: context.report, subject: instruction};
    for (const {key} of pairs) checkSecretsUsedInArgOrEnv('ENV', key, found);
  }
  const row = [keyword, ...pairs.map(({key, value}) => `${key}=${value}`)].join(' ');
  return withEmptyRow(
    instruction.kind === 'env' ? withEnv(state, pairs) : withLabels(state, pairs),
    row,
  );
}

type Pairs = readonly {readonly key: string; readonly value: string}[];

function withEnv(state: StageState, pairs: Pairs): StageState {
  const env = withVariables(state.config.config.Env ?? [], pairs);
  const set = pairs.map(({key}) => key);
  return withConfig({...state, args: withoutHidden(state.args, set)}, {Env: env});
}

function withLabels(state: StageState, pairs: Pairs): StageState {
  const added = Object.fromEntries(pairs.map(({key, value}) => [key, value]));
  return withConfig(state, {Labels: {...state.config.config.Labels, ...added}});
}

/** ARG: `--build-arg` wins, then the default, then the ARG of that name before the first FROM. */
export function lowerArg(
  state: StageState,
  instruction: ArgInstruction,
  context: StageContext,
): StageState {
  const words = ['ARG'];
  let next = state;
  const found = {report: context.report, subject: instruction};
  for (const {key, value} of instruction.args) {
    checkSecretsUsedInArgOrEnv('ARG', key, found);
    const arg = {key, value: argValue(next, {key, value}, {instruction, context})};
    next = {...next, args: declare(next.args, arg)};
    words.push(arg.value === undefined ? key : `${key}=${arg.value}`);
  }
  return withEmptyRow(next, words.join(' '));
}

function argValue(
  state: StageState,
  {key, value}: DeclaredArg,
  {instruction, context}: {instruction: ArgInstruction; context: StageContext},
): string | undefined {
  const given = context.buildArgs.get(key);
  if (given !== undefined) return given;
  if (value === undefined) return context.globals.get(key);
  return new Expander(state, context, instruction).text(value);
}

/** A name alone takes no value away that an earlier stage gave. */
function declare(args: readonly DeclaredArg[], arg: DeclaredArg): readonly DeclaredArg[] {
  const at = args.findIndex(({key}) => key === arg.key);
  if (at === -1) return [...args, arg];
  return arg.value === undefined ? args : args.with(at, arg);
}
