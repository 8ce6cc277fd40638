/** Programmer mistakes, never the user's: they surface as a bug report, not as advice. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** States what the surrounding code has already made sure of. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}

/** Closes an exhaustive switch: a new member of the union fails to compile here. */
export function unreachable(value: never): never {
  throw new Bug(`unhandled case: ${JSON.stringify(value)}`);
}
