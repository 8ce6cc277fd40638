/**
 * Where a word of an instruction stands in the file, found by dockerfile-ast in the lines as they are written.
 *
 * Asked for only when there is something to complain about, so reading a sound Dockerfile costs nothing here. The
 * package gets the lines of one instruction under our own idea of the escape character; if it reads them differently
 * from docker, the word is not found and the diagnostic names whole lines.
 */
import {DockerfileParser, type Instruction, ModifiableInstruction} from 'dockerfile-ast';
import type {TokenRange} from './location.js';
import type {Statement} from './statement.js';

/** `word` as written; absent stands for the keyword. */
export function tokenRange(statement: Statement, word?: string): TokenRange | undefined {
  const header = statement.escape === '`' ? '# escape=`\n\n' : '\n\n';
  const text = header + statement.line.physical.join('\n');
  const [instruction] = DockerfileParser.parse(text).getInstructions();
  if (instruction === undefined) return undefined;
  const range = word === undefined ? instruction.getInstructionRange() : find(instruction, word);
  if (range === undefined) return undefined;
  const line = statement.line.lines.first - 2;
  return {
    start: {line: line + range.start.line, character: range.start.character},
    end: {line: line + range.end.line, character: range.end.character},
  };
}

function find(instruction: Instruction, word: string): Range | undefined {
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  return (
    flags.find((flag) => flag.toString() === word)?.getRange() ??
    instruction
      .getArguments()
      .find((argument) => argument.getValue() === word)
      ?.getRange()
  );
}

type Range = ReturnType<Instruction['getInstructionRange']>;
