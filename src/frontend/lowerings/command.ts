import {formatDuration} from '../../base/duration.js';
import type {
  CommandInstruction,
  HealthcheckInstruction,
  ShellInstruction,
} from '../../dockerfile/instruction.js';
import {plainList, quoted, quotedCharacter, quotedList} from '../quote.js';
import {inShell} from '../shell-form.js';
import {type StageState, withConfig, withEmptyRow} from '../state.js';

/** CMD and ENTRYPOINT; an ENTRYPOINT clears the CMD that came with the base, not one of its own stage. */
export function lowerCommand(state: StageState, instruction: CommandInstruction): StageState {
  const words = inShell(state, instruction.command);
  const row = `${instruction.kind.toUpperCase()} ${quotedList(words)}`;
  if (instruction.kind === 'cmd') {
    return withEmptyRow({...withConfig(state, {Cmd: words}), cmdSet: true}, row);
  }
  const entrypoint = words.length === 0 ? undefined : words;
  const changes = {Entrypoint: entrypoint, ...(state.cmdSet ? {} : {Cmd: undefined})};
  return withEmptyRow(withConfig(state, changes), row);
}

/** SHELL: for the shell forms after it. */
export const lowerShell = (state: StageState, {shell}: ShellInstruction): StageState =>
  withEmptyRow(withConfig(state, {Shell: shell}), `SHELL ${plainList(shell)}`);

export function lowerHealthcheck(
  state: StageState,
  instruction: HealthcheckInstruction,
): StageState {
  const {test, interval, timeout, startPeriod, startInterval, retries} = instruction;
  const durations = {
    Interval: interval,
    Timeout: timeout,
    StartPeriod: startPeriod,
    StartInterval: startInterval,
  };
  const given = Object.entries({...durations, Retries: retries}).filter(([, value]) => value !== 0);
  const shown = Object.values(durations).map((value) => quoted(formatDuration(value)));
  return withEmptyRow(
    withConfig(state, {Healthcheck: {Test: test, ...Object.fromEntries(given)}}),
    `HEALTHCHECK &{${[quotedList(test), ...shown, quotedCharacter(retries)].join(' ')}}`,
  );
}
