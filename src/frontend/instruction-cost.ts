/** What an instruction takes of its Dockerfile's allowance: the names its stage carries along, and what it writes down. */
import type {StageInstruction} from '../dockerfile/stages.js';
import {variableCount} from './environment.js';
import {InvalidValueError} from './errors.js';
import type {StageContext} from './stage-context.js';
import type {StageState} from './state.js';

/** Characters of a name, to reckon with. */
export const NAME_COST = 16;

/** Before the instruction: each makes the lists of its stage anew, ARG once for each of its names. */
export function spendOnNames(
  state: StageState,
  instruction: StageInstruction,
  context: StageContext,
): void {
  const {Labels, ExposedPorts, Volumes, OnBuild = []} = state.config.config;
  const keys = [Labels, ExposedPorts, Volumes].map((each) => Object.keys(each ?? {}).length);
  const names = keys.reduce((sum, count) => sum + count, variableCount(state) + OnBuild.length);
  const times = instruction.kind === 'arg' ? instruction.args.length : 1;
  spend(names * times * NAME_COST, instruction, context);
}

/** After it: its history row, which holds values. */
export function spendOnRow(
  {history}: StageState,
  instruction: StageInstruction,
  context: StageContext,
): void {
  const row = history?.row;
  if (row === undefined || row.kind === 'base') return;
  spend(row.createdBy.length, instruction, context);
}

function spend(amount: number, instruction: StageInstruction, {allowance}: StageContext): void {
  if (allowance.take(amount)) return;
  throw new InvalidValueError('the instructions of the Dockerfile come to too much', instruction);
}
