/** The few instructions of classic BPF that a seccomp filter of a test needs. Source: linux/filter.h, linux/seccomp.h. */

export type Instruction =
  | {readonly load: 'number'}
  /** Goes on when equal, else skips as many instructions. */
  | {readonly equal: number; readonly otherwise: number}
  /** The call fails with this errno. */
  | {readonly answer: number}
  | 'allow';

export function bpf(instructions: readonly Instruction[]): Uint8Array {
  const program = Buffer.alloc(instructions.length * 8);
  for (const [at, instruction] of instructions.entries()) {
    const [code, whenFalse, value] = wordsOf(instruction);
    program.writeUInt16LE(code, at * 8);
    program.writeUInt8(whenFalse, at * 8 + 3);
    program.writeUInt32LE(value, at * 8 + 4);
  }
  return program;
}

function wordsOf(instruction: Instruction): [code: number, whenFalse: number, value: number] {
  if (instruction === 'allow') return [0x06, 0, 0x7fff_0000];
  if ('load' in instruction) return [0x20, 0, 0];
  if ('equal' in instruction) return [0x15, instruction.otherwise, instruction.equal];
  return [0x06, 0, 0x0005_0000 | instruction.answer];
}
