/** Lint warnings in a builder's log: as they are found, or in the list at its end, or both. */

/** By `Rule line`, sorted, what is said there. */
export type Warnings = Readonly<Record<string, string>>;

export function warningsOf(log: string): Warnings {
  const found = new Map<string, Set<string>>();
  for (const [, rule = '', words = '', line] of log.matchAll(
    /(?:^#\d+ WARN:|^\S* -) (\w+): (.*) \(line (\d+)\)$/gm,
  )) {
    const place = `${rule} ${line}`;
    found.set(place, (found.get(place) ?? new Set()).add(words));
  }
  return Object.fromEntries(
    [...found].sort().map(([place, words]) => [place, [...words].sort().join('\n')]),
  );
}
