/**
 * The three ways docker cuts the text behind a keyword.
 *
 * Source  buildkit v0.26 parser/line_parsers.go.
 */

/** At runs of blanks, quotes meaning nothing: FROM, EXPOSE, and COPY, ADD and VOLUME outside of JSON. */
export function splitAtBlanks(text: string): string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/[\t\v\f\r ]+/);
}

/**
 * At blanks outside of quotes, the quotes kept for `expand` to remove: ENV, LABEL, ARG.
 *
 * An unterminated quote takes the rest of the text; `expand` reports it. An escape that ends the text is dropped.
 */
export function splitWords(text: string, escapeToken: '\\' | '`'): string[] {
  return text.match(escapeToken === '`' ? backtickWord : backslashWord) ?? [];
}

// One word: escaped characters, single quotes, double quotes (with escapes inside), anything else that is no blank.
const backslashWord = /(?:\\[\s\S]|'[^']*(?:'|$)|"(?:\\[\s\S]|[^"\\])*(?:"|\\?$)|[^\s\\])+/g;
const backtickWord = /(?:`[\s\S]|'[^']*(?:'|$)|"(?:`[\s\S]|[^"`])*(?:"|`?$)|[^\s`])+/g;

export type StringArray =
  | {readonly kind: 'array'; readonly values: readonly string[]}
  | {readonly kind: 'mixed'}
  | {readonly kind: 'text'};

/** The JSON form: `array` when the whole text is a JSON array of strings, `mixed` when it holds something else, else `text`. */
export function parseStringArray(text: string): StringArray {
  if (!text.startsWith('[')) return {kind: 'text'};
  try {
    const values: unknown = JSON.parse(text);
    if (!Array.isArray(values)) return {kind: 'text'};
    return values.every((value) => typeof value === 'string')
      ? {kind: 'array', values}
      : {kind: 'mixed'};
  } catch {
    return {kind: 'text'};
  }
}
