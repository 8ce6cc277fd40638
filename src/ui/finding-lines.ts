/** What the doctor found, one line each, and under it the command that would help. */
import type {Finding} from '../linux/features.js';

export const findingLines = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({name, state, detail, remedy}) => [
    `${state.padEnd(8)} ${name}: ${detail}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(9)}→ ${remedy}`]),
  ]);
