import {InvalidPlanError} from './errors.js';

const U32_MAX = 0xffff_ffff;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** Bytes of a plan in the machine's own order, which is little-endian wherever Node runs on Linux but s390x. */
export class PlanBytes {
  #bytes = Buffer.allocUnsafe(16 * 1024);
  #size = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  u32(value: number, where: string): this {
    if (!Number.isInteger(value) || value < 0 || value > U32_MAX) {
      throw new InvalidPlanError(where, value);
    }
    this.#reserve(4);
    this.#size = this.#bytes.writeUInt32LE(value, this.#size);
    return this;
  }

  u64(value: bigint, where: string): this {
    if (value < 0n || value > U64_MAX) throw new InvalidPlanError(where, value);
    this.#reserve(8);
    this.#size = this.#bytes.writeBigUInt64LE(value, this.#size);
    return this;
  }

  i64(value: number, where: string): this {
    if (!Number.isSafeInteger(value)) throw new InvalidPlanError(where, value);
    this.#reserve(8);
    this.#size = this.#bytes.writeBigInt64LE(BigInt(value), this.#size);
    return this;
  }

  /** Length, bytes, and a NUL that C may rely on. Text must not hold one itself. */
  text(value: string, where: string): this {
    if (value.includes('\0')) throw new InvalidPlanError(where, JSON.stringify(value));
    return this.blob(Buffer.from(value, 'utf8'), where);
  }

  blob(value: Uint8Array, where: string): this {
    this.u32(value.byteLength, where);
    this.#reserve(value.byteLength + 1);
    this.#bytes.set(value, this.#size);
    this.#size += value.byteLength;
    this.#bytes[this.#size++] = 0;
    return this;
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #reserve(more: number): void {
    const needed = this.#size + more;
    if (needed > this.#limit) throw new InvalidPlanError('so many bytes', needed);
    if (needed <= this.#bytes.byteLength) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.byteLength * 2));
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }
}
