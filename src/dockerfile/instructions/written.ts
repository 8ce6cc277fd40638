import type {Statement} from '../statement.js';

/** The fields every instruction has; `values` are the words docker's parser keeps of the arguments. */
export function written(statement: Statement, values: readonly string[]) {
  return {
    lines: statement.line.lines,
    source: statement.line.text.trim(),
    comments: statement.line.comments,
    echo: [statement.keyword, ...statement.flags, ...values].join(' '),
  };
}
