/** One instruction onto a stage's state. */
import type {TextInstruction} from '../dockerfile/instruction.js';
import type {StageInstruction} from '../dockerfile/stages.js';
import {spendOnNames, spendOnRow} from './instruction-cost.js';
import {lowerCommand, lowerHealthcheck, lowerShell} from './lowerings/command.js';
import {lowerCopy} from './lowerings/copy.js';
import {lowerExpose} from './lowerings/expose.js';
import {
  lowerMaintainer,
  lowerOnbuild,
  lowerStopSignal,
  lowerUser,
  lowerVolume,
} from './lowerings/metadata.js';
import {lowerRun} from './lowerings/run.js';
import {lowerArg, lowerPairs} from './lowerings/variables.js';
import {lowerWorkdir} from './lowerings/workdir.js';
import type {StageContext} from './stage-context.js';
import type {StageState} from './state.js';

export function lowerInstruction(
  state: StageState,
  instruction: StageInstruction,
  context: StageContext,
): StageState {
  spendOnNames(state, instruction, context);
  const next = lowered(state, instruction, context);
  spendOnRow(next, instruction, context);
  return next;
}

function lowered(
  state: StageState,
  instruction: StageInstruction,
  context: StageContext,
): StageState {
  switch (instruction.kind) {
    case 'run':
      return lowerRun(state, instruction, context);
    case 'copy':
    case 'add':
      return lowerCopy(state, instruction, context);
    case 'env':
    case 'label':
      return lowerPairs(state, instruction, context);
    case 'arg':
      return lowerArg(state, instruction, context);
    case 'cmd':
    case 'entrypoint':
      return lowerCommand(state, instruction);
    case 'shell':
      return lowerShell(state, instruction);
    case 'healthcheck':
      return lowerHealthcheck(state, instruction);
    case 'expose':
      return lowerExpose(state, instruction, context);
    case 'volume':
      return lowerVolume(state, instruction, context);
    case 'onbuild':
      return lowerOnbuild(state, instruction);
    default:
      return textLowerings[instruction.kind](state, instruction, context);
  }
}

const textLowerings: Readonly<
  Record<
    TextInstruction['kind'],
    (state: StageState, instruction: TextInstruction, context: StageContext) => StageState
  >
> = {
  workdir: lowerWorkdir,
  user: lowerUser,
  stopsignal: lowerStopSignal,
  maintainer: lowerMaintainer,
};
