/** Lint warnings in a builder's log: as they are found, or in the list at its end, or both. */

/** `Rule line`, sorted, each once. */
export const warningsOf = (log: string): string[] =>
  [...log.matchAll(/(?:^#\d+ WARN:|^\S* -) (\w+): .*\(line (\d+)\)$/gm)]
    .map(([, rule, line]) => `${rule} ${line}`)
    .filter((warning, index, all) => all.indexOf(warning) === index)
    .sort();
