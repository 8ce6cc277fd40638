/**
 * A logical line cut into keyword, flags and the rest.
 *
 * Source  buildkit v0.26 parser/split_command.go: flags are the words in front that begin with `--`; `--` alone ends
 *         them; quotes and backslashes inside are taken off.
 */

export interface SplitStatement {
  /** Upper case. */
  readonly keyword: string;
  /** Each `--name` or `--name=value`, unquoted. */
  readonly flags: readonly string[];
  /** What follows, trimmed. */
  readonly rest: string;
}

export function splitStatement(line: string): SplitStatement {
  const text = line.trim();
  const end = text.search(/[\t\v\f\r ]/);
  const keyword = end === -1 ? text : text.slice(0, end);
  const {flags, rest} = splitFlags(end === -1 ? '' : text.slice(end).trimStart());
  return {keyword: keyword.toUpperCase(), flags, rest: rest.trim()};
}

function splitFlags(text: string): {flags: string[]; rest: string} {
  const flags: string[] = [];
  let at = 0;
  while (text.startsWith('--', at)) {
    const {word, end} = unquotedWord(text, at);
    at = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
    if (word === '--') break;
    flags.push(word);
  }
  return {flags, rest: text.slice(at)};
}

function unquotedWord(text: string, start: number): {word: string; end: number} {
  let word = '';
  let quote = '';
  let at = start;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\\') word += text[++at] ?? '';
    else if (char === quote) quote = '';
    else if (quote !== '') word += char;
    else if (/\s/.test(char)) break;
    else if (char === '"' || char === "'") quote = char;
    else word += char;
  }
  return {word, end: at};
}
