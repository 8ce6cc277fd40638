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
 * An unterminated quote takes the rest of the text; `expand` reports it.
 */
export function splitWords(text: string, escapeToken: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === escapeToken && quote !== "'") {
      if (at + 1 < text.length) word += char + text[++at];
    } else if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      if (quote === '' && (char === '"' || char === "'")) quote = char;
      else if (char === quote) quote = '';
      word += char;
    }
  }
  if (word !== '') words.push(word);
  return words;
}

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
