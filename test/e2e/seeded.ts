/** Numbers that come again with their seed, so that a failure can be had once more. */
export interface Seeded {
  /** From 0 to `below` - 1. */
  whole(below: number): number;
  /** Of at least one. */
  pick<Choice>(choices: readonly Choice[]): Choice;
}

/** mulberry32, by Tommy Ettinger; public domain. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(next() * below);
  return {
    whole,
    pick: <Choice>(choices: readonly Choice[]) => choices[whole(choices.length)] as Choice,
  };
}
