/**
 * A classic BPF program, written from its end to its beginning.
 *
 * Jumps go forward only, so backwards every target is known when a jump to it is written, and a conditional jump
 * over more than 255 instructions gets an unconditional one as its stepping stone.
 *
 * Source  Linux Documentation/networking/filter.rst; struct sock_filter in linux/filter.h.
 */
import {endianness} from 'node:os';

/** An instruction's place: how many there are from it to the end. */
export type Label = number;

type Comparison = 'equal' | 'greater' | 'greater-or-equal';

const LOAD_WORD_ABSOLUTE = 0x20;
const AND_CONSTANT = 0x54;
const RETURN_CONSTANT = 0x06;
const JUMP = 0x05;
const COMPARE: Readonly<Record<Comparison, number>> = {
  equal: 0x15,
  greater: 0x25,
  'greater-or-equal': 0x35,
};

/** BPF_MAXINSNS. */
const MAX_INSTRUCTIONS = 4096;

interface Instruction {
  readonly code: number;
  readonly whenTrue: number;
  readonly whenFalse: number;
  readonly constant: number;
}

export class BackwardProgram {
  readonly #instructions: Instruction[] = [];

  answer(value: number): Label {
    return this.#put({code: RETURN_CONSTANT, whenTrue: 0, whenFalse: 0, constant: value});
  }

  /** Loads the 32-bit word at an offset of the data, and goes on. */
  load(offset: number): Label {
    return this.#put({code: LOAD_WORD_ABSOLUTE, whenTrue: 0, whenFalse: 0, constant: offset});
  }

  and(mask: number): Label {
    return this.#put({code: AND_CONSTANT, whenTrue: 0, whenFalse: 0, constant: mask});
  }

  /** Compares what was loaded last, unsigned. */
  branch(comparison: Comparison, constant: number, targets: {yes: Label; no: Label}): Label {
    const far = (label: Label): boolean => this.#distance(label) > 254;
    const no = far(targets.no) ? this.#jump(targets.no) : targets.no;
    const yes = far(targets.yes) ? this.#jump(targets.yes) : targets.yes;
    return this.#put({
      code: COMPARE[comparison],
      whenTrue: this.#distance(yes),
      whenFalse: this.#distance(no),
      constant,
    });
  }

  /** Begins with the instruction written last. Undefined when the kernel would refuse it as too long. */
  encode(): Uint8Array | undefined {
    if (this.#instructions.length > MAX_INSTRUCTIONS) return undefined;
    const bytes = new Uint8Array(this.#instructions.length * 8);
    const view = new DataView(bytes.buffer);
    const little = endianness() === 'LE';
    for (const [index, instruction] of this.#instructions.toReversed().entries()) {
      view.setUint16(index * 8, instruction.code, little);
      view.setUint8(index * 8 + 2, instruction.whenTrue);
      view.setUint8(index * 8 + 3, instruction.whenFalse);
      view.setUint32(index * 8 + 4, instruction.constant, little);
    }
    return bytes;
  }

  #jump(label: Label): Label {
    return this.#put({code: JUMP, whenTrue: 0, whenFalse: 0, constant: this.#distance(label)});
  }

  /** From an instruction put now to the label: how many are skipped. */
  #distance(label: Label): number {
    return this.#instructions.length - label;
  }

  #put(instruction: Instruction): Label {
    return this.#instructions.push(instruction);
  }
}
