/** Lets at most `limit` tasks run at once; the rest wait in the order they came. */
export function semaphore(limit: number): <Out>(task: () => Promise<Out>) => Promise<Out> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= limit) await new Promise<void>((proceed) => waiting.push(proceed));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
