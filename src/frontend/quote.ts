/**
 * Values as Go's fmt prints them, which is how docker writes history.
 *
 * Source  Go's fmt, verbs %q and %v; strconv.Quote, strconv.QuoteRune.
 */

/** `["a" "b"]`. */
export const quotedList = (words: readonly string[]): string => `[${words.map(quoted).join(' ')}]`;

/** `[a b]`. */
export const plainList = (words: readonly string[]): string => `[${words.join(' ')}]`;

/** `"a\tb"`. */
export const quoted = (text: string): string => `"${text.replace(/["\\]|[^ -~]/gu, escaped)}"`;

/** A number as the character it is the code of: `'\x02'`, `'A'`. */
export function quotedCharacter(code: number): string {
  const isCharacter = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  const character = isCharacter ? String.fromCodePoint(code) : '\ufffd';
  return `'${/^[ -&(-[\]-~]$/.test(character) ? character : escaped(character)}'`;
}

function escaped(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  if (/['"\\]/.test(character)) return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  if (code > 0x7f && /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) return character;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map(
  [...'abfnrtv'].map((letter, index) => ['\x07\b\f\n\r\t\v'[index] ?? '', `\\${letter}`]),
);
