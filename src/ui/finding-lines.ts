/** What the doctor found, one line each, and under it what would help. */
import type {Finding} from '../app/doctor.js';

const MARK: Record<Finding['status'], string> = {ok: 'ok', warning: 'warn', failed: 'FAIL'};

export const findingLines = (findings: readonly Finding[]): string[] =>
  findings.flatMap(({name, status, detail, remedy}) => [
    `${MARK[status].padEnd(4)}  ${name}: ${detail}`,
    ...(remedy === undefined ? [] : [`      → ${remedy}`]),
  ]);
