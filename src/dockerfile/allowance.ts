/**
 * How much one Dockerfile may come to. Its bounds on lines and values still let a few kilobytes ask for gigabytes, a long value
 * in each of many instructions: so what they come to is added up, and a text that goes beyond is refused.
 */
export class Allowance {
  /** Characters, or steps of about the same cost: many times what the largest Dockerfiles need. */
  #left = 16 * 1024 * 1024;

  /** False when there is no more. */
  take(amount: number): boolean {
    this.#left -= amount;
    return this.#left >= 0;
  }
}
