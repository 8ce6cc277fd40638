/** Which request is hit by which fault: of the faults that fit, the first that is not used up. */
import {type Effect, type Fault, parseFault} from './parse-fault.js';

export class Faults {
  readonly #faults: readonly {readonly fault: Fault; seen: number}[];

  /** Throws InvalidFaultError. */
  constructor(texts: readonly string[]) {
    this.#faults = texts.map((text) => ({fault: parseFault(text), seen: 0}));
  }

  next(method: string, endpoint: string): Effect | undefined {
    for (const entry of this.#faults) {
      const {method: only, endpoint: at, after, times, effect} = entry.fault;
      if ((only ?? method) !== method || (at ?? endpoint) !== endpoint) continue;
      entry.seen++;
      if (entry.seen > after && entry.seen <= after + times) return effect;
    }
    return undefined;
  }
}
