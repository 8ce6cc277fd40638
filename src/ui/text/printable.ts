/**
 * Text from a container, a Dockerfile or a registry, made safe for a terminal.
 *
 * Removes   ECMA-48 control sequences (CSI, OSC, DCS, two-byte escapes), C0 and C1 controls but tab,
 *           and Unicode's direction overrides, which can make a line read as another.
 * Source    ECMA-48 (1991) § 5; Unicode Standard Annex 9.
 */
const ESCAPES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|\x9b[0-?]*[ -/]*[@-~]/g;
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CLEAN = /^[\x20-\x7e]*$/;

/** One line; a line end inside becomes nothing. */
export function printable(line: string): string {
  if (CLEAN.test(line)) return line;
  return line.replace(ESCAPES, '').replace(CONTROLS, '');
}
