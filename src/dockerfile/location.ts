/** Lines of a file, first is 1, both ends included. */
export interface Lines {
  readonly first: number;
  readonly last: number;
}

/** A place inside a line: `line` from 1, `character` from 0 in UTF-16 units. */
interface Position {
  readonly line: number;
  readonly character: number;
}

/** From `start` up to, not including, `end`. */
export interface TokenRange {
  readonly start: Position;
  readonly end: Position;
}
