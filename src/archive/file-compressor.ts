/**
 * A program that compresses from one open file to another, by itself: what it reads and writes passes through nobody else's
 * hands, and it waits for nobody.
 */
import {spawn} from 'node:child_process';
import {outcome, type Program} from './through.js';

/** An open file that a program reads from its start, or the end of a pipe. */
export interface ProgramInput {
  readonly fd: number;
  /** Brings the bytes or reads them too, beside the program. Throws when they are not what they are said to be. */
  settle(): Promise<void>;
}

export class FileCompressor {
  readonly #program: Program;
  readonly #args: readonly string[];

  constructor(program: Program, args: readonly string[]) {
    this.#program = program;
    this.#args = args;
  }

  /** `to` is a descriptor. Throws CompressionError, DecompressorMissingError, and before these what `from` does. */
  async compress(from: ProgramInput, to: number): Promise<void> {
    const child = spawn(this.#program, this.#args, {stdio: [from.fd, to, 'pipe']});
    const ended = outcome(child, this.#program);
    ended.catch(() => undefined);
    try {
      await from.settle();
      await ended;
    } finally {
      child.kill();
    }
  }
}
