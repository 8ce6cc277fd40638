import type {CommandLine} from '../dockerfile/instruction.js';
import type {StageState} from './state.js';

const defaultShell = ['/bin/sh', '-c'];

/** The vector to execute: the shell form goes to SHELL as one argument. */
export function inShell(state: StageState, command: CommandLine): readonly string[] {
  if (command.form === 'exec') return command.words;
  return [...(state.config.config.Shell ?? defaultShell), command.words.join(' ')];
}
