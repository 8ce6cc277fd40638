/**
 * A classic BPF machine, for the part of it that seccomp uses.
 *
 * Source  Linux Documentation/networking/filter.rst; net/core/filter.c seccomp_check_filter.
 */
import {endianness} from 'node:os';

export interface CallData {
  readonly number: number;
  readonly architecture: number;
  readonly args?: readonly bigint[];
}

const little = endianness() === 'LE';

/** Runs a program over one call; throws for what the kernel would refuse to load. */
export function runFilter(program: Uint8Array, call: CallData): number {
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const data = encode(call);
  let accumulator = 0;
  let at = 0;
  for (;;) {
    if (at * 8 >= program.byteLength) throw new Error(`fell out of the program at ${at}`);
    const instruction = code.getUint16(at * 8, little);
    const whenTrue = code.getUint8(at * 8 + 2);
    const whenFalse = code.getUint8(at * 8 + 3);
    const constant = code.getUint32(at * 8 + 4, little);
    const jump = (condition: boolean): number => at + 1 + (condition ? whenTrue : whenFalse);
    switch (instruction) {
      case 0x20:
        if (constant % 4 !== 0 || constant > 60) throw new Error(`bad load offset ${constant}`);
        accumulator = data.getUint32(constant, little);
        at += 1;
        break;
      case 0x54:
        accumulator = (accumulator & constant) >>> 0;
        at += 1;
        break;
      case 0x05:
        at += 1 + constant;
        break;
      case 0x15:
        at = jump(accumulator === constant);
        break;
      case 0x25:
        at = jump(accumulator > constant);
        break;
      case 0x35:
        at = jump(accumulator >= constant);
        break;
      case 0x06:
        return constant;
      default:
        throw new Error(`unknown instruction 0x${instruction.toString(16)} at ${at}`);
    }
  }
}

/** struct seccomp_data. */
function encode({number, architecture, args = []}: CallData): DataView {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, number, little);
  data.setUint32(4, architecture, little);
  for (const [index, argument] of args.entries()) {
    data.setBigUint64(16 + index * 8, argument, little);
  }
  return data;
}
