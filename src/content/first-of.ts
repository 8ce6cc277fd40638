import type {Fetcher} from './fetcher.js';

/** Content of either place, the first one's where both have it. */
export const firstOf = (first: Fetcher, second: Fetcher): Fetcher => ({
  exists: async (target) => (await first.exists(target)) || second.exists(target),
  async *fetch(target) {
    yield* (await first.exists(target)) ? first.fetch(target) : second.fetch(target);
  },
});
