import type {CommandLine, RunInstruction} from '../../dockerfile/instruction.js';
import type {RunOp} from '../../graph/op.js';
import {vertex} from '../../graph/vertex.js';
import {requireEntitlement} from '../entitlements.js';
import {environment, variables} from '../environment.js';
import {Expander} from '../expansion.js';
import {runHint} from '../failure-hints.js';
import {inlineFile, summaryOf} from '../inline-file.js';
import {sandboxHostname} from '../predefined-args.js';
import {inShell} from '../shell-form.js';
import {type StageContext, vertexName} from '../stage-context.js';
import {type StageState, user, withLayer, workingDirectory} from '../state.js';
import {lowerMounts} from './mounts/run-mounts.js';
import {withoutSecrets} from './mounts/secret-mount.js';

/** RUN: a process over the root, with the env, user and directory of this point. */
export function lowerRun(
  state: StageState,
  instruction: RunInstruction,
  context: StageContext,
): StageState {
  const script = executedScript(instruction);
  const hostname = sandboxHostname(context.buildArgs);
  const args = inShell(state, script?.command ?? instruction.command);
  const expander = new Expander(state, context, instruction);
  const expand = (word: string): string => expander.text(word);
  const {mounts, inputs} = lowerMounts(instruction, {state, context, expand});
  const shown = new Expander(withoutSecrets(state, mounts), context, instruction);
  const {extraHosts} = context;
  const hint = runHint(instruction.command);
  const result = vertex({
    op: {
      kind: 'run',
      args,
      ...(script === undefined ? {} : {script: script.file}),
      env: environment(state),
      workingDirectory: workingDirectory(state),
      user: user(state),
      ...permissions(instruction, context),
      ...(extraHosts.length === 0 ? {} : {extraHosts}),
      ...(mounts.length === 0 ? {} : {mounts}),
      ...(hostname === undefined ? {} : {hostname}),
    },
    inputs: [state.root, ...inputs],
    name: vertexName(
      context.label,
      state.labels,
      upperKeyword(shown.display(titleOf(instruction), true)),
    ),
    lines: instruction.lines,
    ...(hint === undefined ? {} : {hint}),
  });
  return withLayer(state, result, `RUN ${[...argRow(state), ...args].join(' ')} # buildkit`);
}

/** A here-document that begins with `#!` is executed as a file, by the interpreter it names. */
function executedScript(instruction: RunInstruction) {
  const {script} = instruction;
  if (script?.content.startsWith('#!') !== true) return undefined;
  const file = inlineFile(script, instruction);
  const command: CommandLine = {form: 'shell', words: [`/dev/pipes/${file.name}`]};
  return {file, command};
}

function titleOf({source, script}: RunInstruction): string {
  return script === undefined ? source : `${source} (${summaryOf(script)})`;
}

function permissions(
  instruction: RunInstruction,
  context: StageContext,
): Pick<RunOp, 'network' | 'security'> {
  if (instruction.network === 'host') requireEntitlement('network.host', instruction, context);
  const network = instruction.network ?? context.network;
  if (instruction.security !== 'insecure') return {network};
  requireEntitlement('security.insecure', instruction, context);
  return {network, security: 'insecure'};
}

/** `|2 A=b C=d`: docker's record of the ARGs a RUN saw. */
function argRow(state: StageState): string[] {
  if (state.args.length === 0) return [];
  const values = variables(state);
  const pairs = state.args.map(({key}) => `${key}=${values.get(key) ?? ''}`);
  return [`|${pairs.length}`, ...pairs];
}

/** The keyword in upper case, whatever the file has. */
export const upperKeyword = (text: string): string =>
  text.replace(/^\S+/, (keyword) => keyword.toUpperCase());
