import type {RunInstruction} from '../../dockerfile/instruction.js';
import {vertex} from '../../graph/vertex.js';
import {environment, variable} from '../environment.js';
import {expander} from '../expansion.js';
import {inShell} from '../shell-form.js';
import {type StageContext, vertexName} from '../stage-context.js';
import {type StageState, user, withLayer, workingDirectory} from '../state.js';

/** RUN: a process over the root, with the env, user and directory of this point. */
export function lowerRun(
  state: StageState,
  instruction: RunInstruction,
  context: StageContext,
): StageState {
  const args = inShell(state, instruction.command);
  const shown = expander(state, context, instruction).display(instruction.source, true);
  const result = vertex({
    op: {
      kind: 'run',
      args,
      env: environment(state),
      workingDirectory: workingDirectory(state),
      user: user(state),
      network: instruction.network ?? context.network,
    },
    inputs: [state.root],
    name: vertexName(context.label, state.labels, upperKeyword(shown)),
    lines: instruction.lines,
  });
  return withLayer(state, result, `RUN ${[...argRow(state), ...args].join(' ')} # buildkit`);
}

/** `|2 A=b C=d`: docker's record of the ARGs a RUN saw. */
function argRow(state: StageState): string[] {
  if (state.args.length === 0) return [];
  const pairs = state.args.map(({key}) => `${key}=${variable(state, key) ?? ''}`);
  return [`|${pairs.length}`, ...pairs];
}

/** The keyword in upper case, whatever the file has. */
export const upperKeyword = (text: string): string =>
  text.replace(/^\S+/, (keyword) => keyword.toUpperCase());
