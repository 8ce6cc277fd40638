/**
 * Objects by key, never two for one key while anybody has one. Those that nobody uses are forgotten, the least recently
 * used first, when there are more than `kept`.
 */
export class OnePerKey<Value extends object> {
  readonly #kept: number;
  readonly #alive = new Map<string, WeakRef<Value>>();
  readonly #recent = new Map<string, Value>();
  #sweepAt: number;

  constructor(kept: number) {
    this.#kept = kept;
    this.#sweepAt = 2 * kept;
  }

  open(key: string, make: () => Value): Value {
    const value = this.#alive.get(key)?.deref() ?? make();
    if (!this.#recent.delete(key)) this.#alive.set(key, new WeakRef(value));
    this.#recent.set(key, value);
    if (this.#recent.size > this.#kept) this.#forgetOldest();
    return value;
  }

  #forgetOldest(): void {
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
    if (this.#alive.size < this.#sweepAt) return;
    for (const [key, reference] of this.#alive) {
      if (reference.deref() === undefined) this.#alive.delete(key);
    }
    this.#sweepAt = 2 * this.#alive.size + this.#kept;
  }
}
