/** A logical line, split: what every instruction parser takes. */
import type {LogicalLine} from './logical-lines.js';
import {type SplitStatement, splitStatement} from './split-statement.js';

export interface Statement extends SplitStatement {
  readonly line: LogicalLine;
  readonly escape: '\\' | '`';
}

export const readStatement = (line: LogicalLine, escapeToken: Statement['escape']): Statement => ({
  ...splitStatement(line.text),
  line,
  escape: escapeToken,
});
