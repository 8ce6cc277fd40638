/**
 * Text → stages: the whole first pass.
 *
 * Takes   a Dockerfile's text.
 * Returns the ARGs before the first FROM, and the stages in order; nothing is expanded, no image is known.
 * Throws  a DockerfileError with its lines.
 */
import type {Directives} from './directives.js';
import {DockerfileParseError} from './errors.js';
import type {ArgInstruction, FromInstruction, Instruction} from './instruction.js';
import type {Lines} from './location.js';
import {readLogicalLines} from './logical-lines.js';
import {parseInstruction} from './parse-instruction.js';

export interface Dockerfile {
  readonly escape: '\\' | '`';
  /** `# check=`. */
  readonly check: Directives['check'];
  readonly globalArgs: readonly ArgInstruction[];
  /** At least one. */
  readonly stages: readonly Stage[];
  /** Instructions with a blank line inside a continuation. */
  readonly emptyContinuations: readonly {
    readonly lines: Lines;
    readonly comments: readonly string[];
  }[];
}

export type StageInstruction = Exclude<Instruction, FromInstruction>;

export interface Stage {
  /** From 0, in the order of the file. */
  readonly index: number;
  readonly from: FromInstruction;
  readonly instructions: readonly StageInstruction[];
}

export function parseDockerfile(text: string): Dockerfile {
  const {directives, instructions} = readLogicalLines(text);
  const globalArgs: ArgInstruction[] = [];
  const stages: {index: number; from: FromInstruction; instructions: StageInstruction[]}[] = [];
  for (const line of instructions) {
    const instruction = parseInstruction(line, directives.escape);
    const stage = stages.at(-1);
    if (instruction.kind === 'from') {
      stages.push({index: stages.length, from: instruction, instructions: []});
    } else if (stage !== undefined) {
      stage.instructions.push(instruction);
    } else if (instruction.kind === 'arg') {
      globalArgs.push(instruction);
    } else {
      throw new DockerfileParseError(
        'no build stage in current context',
        instruction,
        'Put FROM first; only ARG may stand before it.',
      );
    }
  }
  if (stages.length === 0) {
    throw new DockerfileParseError('dockerfile contains no stages to build', {
      lines: instructions.at(-1)?.lines ?? {first: 1, last: 1},
    });
  }
  return {
    escape: directives.escape,
    check: directives.check,
    globalArgs,
    stages,
    emptyContinuations: instructions.filter((line) => line.emptyContinuation),
  };
}
