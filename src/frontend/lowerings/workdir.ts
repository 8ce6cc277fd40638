import {posix} from 'node:path';
import type {TextInstruction} from '../../dockerfile/instruction.js';
import {vertex} from '../../graph/vertex.js';
import {InvalidValueError} from '../errors.js';
import {Expander} from '../expansion.js';
import {checkWorkdirRelativePath} from '../lint/workdir-relative-path.js';
import {type StageContext, vertexName} from '../stage-context.js';
import {
  type StageState,
  user,
  withConfig,
  withEmptyRow,
  withLayer,
  workingDirectory,
} from '../state.js';
import {upperKeyword} from './run.js';

/** What Linux takes, without the byte that ends it. */
const LONGEST_PATH = 4095;

/** WORKDIR: relative to the one before; the directory is made, owned by USER. The root itself needs no layer. */
export function lowerWorkdir(
  state: StageState,
  instruction: TextInstruction,
  context: StageContext,
): StageState {
  const expander = new Expander(state, context, instruction);
  const written = expander.text(instruction.text);
  const workdir = {path: written, first: !state.workdirSet};
  checkWorkdirRelativePath(instruction, workdir, context.report);
  const path = posix.resolve('/', workingDirectory(state), written);
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new InvalidValueError(
      `WORKDIR comes to a path of more than ${LONGEST_PATH} bytes`,
      instruction,
    );
  }
  const moved = {...withConfig(state, {WorkingDir: path}), workdirSet: true};
  if (path === '/') return withEmptyRow(moved, 'WORKDIR /');
  const made = vertex({
    op: {kind: 'mkdir', path, user: user(state)},
    inputs: [state.root],
    name: vertexName(
      context.label,
      state.labels,
      upperKeyword(expander.display(instruction.source, false)),
    ),
    lines: instruction.lines,
  });
  return withLayer(moved, made, `WORKDIR ${path}`);
}
