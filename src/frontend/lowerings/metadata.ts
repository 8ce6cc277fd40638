import type {
  OnbuildInstruction,
  TextInstruction,
  VolumeInstruction,
} from '../../dockerfile/instruction.js';
import {InvalidValueError} from '../errors.js';
import {Expander} from '../expansion.js';
import {plainList} from '../quote.js';
import type {StageContext} from '../stage-context.js';
import {type StageState, withConfig, withEmptyRow} from '../state.js';
import {isStopSignal} from '../stop-signal.js';

export function lowerUser(
  state: StageState,
  instruction: TextInstruction,
  context: StageContext,
): StageState {
  const name = new Expander(state, context, instruction).text(instruction.text);
  return withEmptyRow(withConfig(state, {User: name}), `USER ${name}`);
}

export function lowerStopSignal(
  state: StageState,
  instruction: TextInstruction,
  context: StageContext,
): StageState {
  const signal = new Expander(state, context, instruction).text(instruction.text);
  if (!isStopSignal(signal)) {
    throw new InvalidValueError(
      `invalid signal: ${signal}`,
      instruction,
      'Write a name such as SIGTERM, or a number.',
    );
  }
  return withEmptyRow(withConfig(state, {StopSignal: signal}), `STOPSIGNAL ${signal}`);
}

export function lowerMaintainer(state: StageState, instruction: TextInstruction): StageState {
  const named = {...state, config: {...state.config, author: instruction.text}};
  return withEmptyRow(named, `MAINTAINER ${instruction.text}`);
}

export function lowerVolume(
  state: StageState,
  instruction: VolumeInstruction,
  context: StageContext,
): StageState {
  const expander = new Expander(state, context, instruction);
  const paths = instruction.paths.map((path) => expander.text(path));
  if (paths.includes('')) {
    throw new InvalidValueError('VOLUME specified can not be an empty string', instruction);
  }
  const added = Object.fromEntries(paths.map((path) => [path, {}]));
  const volumes = {...state.config.config.Volumes, ...added};
  return withEmptyRow(withConfig(state, {Volumes: volumes}), `VOLUME ${plainList(paths)}`);
}

/** ONBUILD: kept for the images built on this one; docker writes no history for it. */
export const lowerOnbuild = (state: StageState, {trigger}: OnbuildInstruction): StageState =>
  withConfig(state, {OnBuild: [...(state.config.config.OnBuild ?? []), trigger]});
