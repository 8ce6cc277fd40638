/**
 * Lists as Go's fmt prints them, which is how docker writes history.
 *
 * Source  Go's fmt, verbs %q and %v of []string.
 */

/** `["a" "b"]`. */
export const quotedList = (words: readonly string[]): string =>
  `[${words.map((word) => JSON.stringify(word)).join(' ')}]`;

/** `[a b]`. */
export const plainList = (words: readonly string[]): string => `[${words.join(' ')}]`;
