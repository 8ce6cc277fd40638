/**
 * Docker's shell lexer: quotes, escapes and variables of one word.
 *
 *   $x ${x}            the value, nothing when unset       ${x:-w} ${x-w}   w when unset (colon: or empty)
 *   ${x:+w} ${x+w}     w when set                          ${x:?w} ${x?w}   fails with w when unset
 *   ${x#p} ${x##p}     without the shortest, longest prefix that matches the glob p; % and %% for suffixes
 *   ${x/p/r} ${x//p/r} the first match, all matches of p replaced by r
 *
 * Throws  ExpansionError; the caller knows the lines.
 * Source  buildkit v0.26 frontend/dockerfile/shell/lex.go.
 */
import {ExpansionError} from './errors.js';
import {compileGlob, replaceGlob, trimPrefix, trimSuffix} from './glob-substitution.js';

export interface ExpandOptions {
  readonly escape: '\\' | '`';
  /** Undefined when there is no such variable. */
  readonly lookup: (name: string) => string | undefined;
  /** For showing a RUN to people: quotes stay, and so do variables that are not set. */
  readonly display?: boolean;
}

export interface Expanded {
  readonly text: string;
  /** The same split at blanks that no quote protects: what EXPOSE takes. */
  readonly words: readonly string[];
  /** Variables asked for that are not set. */
  readonly unset: ReadonlySet<string>;
}

/** `ENV a=$a$a` doubles with each line; nobody needs values this long. */
const maxLength = 1024 * 1024;
const maxDepth = 100;

export function expand(word: string, options: ExpandOptions): Expanded {
  return new Lexer(word, options).run();
}

class Lexer {
  readonly #chars: readonly string[];
  readonly #options: ExpandOptions;
  readonly #unset = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(word: string, options: ExpandOptions) {
    this.#chars = Array.from(word);
    this.#options = options;
  }

  run(): Expanded {
    const {text, words} = this.#until(undefined, false);
    return {text, words, unset: this.#unset};
  }

  /** Up to `stop`, which is consumed, or the end. `rawEscapes` keeps escape characters for a glob to read. */
  #until(stop: string | undefined, rawEscapes: boolean): {text: string; words: string[]} {
    const out = new Output();
    if (++this.#depth > maxDepth) throw new ExpansionError('substitutions nested too deeply');
    while (this.#at < this.#chars.length) {
      const char = this.#chars[this.#at] ?? '';
      if (char === stop) {
        this.#at++;
        this.#depth--;
        return out.end();
      }
      if (char === '$') out.splitting(this.#dollar());
      else if (char === "'") out.whole(this.#singleQuoted());
      else if (char === '"') out.whole(this.#doubleQuoted(rawEscapes));
      else if (char === this.#options.escape) out.whole(this.#escaped(rawEscapes));
      else {
        out.splitting(char);
        this.#at++;
      }
    }
    if (stop !== undefined) throw new ExpansionError(`syntax error: missing '${stop}'`);
    this.#depth--;
    return out.end();
  }

  /** The character after the escape; an escape that ends the word is dropped. */
  #escaped(raw: boolean): string {
    const next = this.#chars[this.#at + 1];
    this.#at += 2;
    return (raw ? this.#options.escape : '') + (next ?? '');
  }

  #singleQuoted(): string {
    const end = this.#chars.indexOf("'", this.#at + 1);
    if (end === -1) throw new UnterminatedQuote('single');
    const inner = this.#chars.slice(this.#at + 1, end).join('');
    this.#at = end + 1;
    return this.#options.display ? `'${inner}'` : inner;
  }

  #doubleQuoted(rawEscapes: boolean): string {
    let inner = '';
    this.#at++;
    for (;;) {
      const char = this.#chars[this.#at];
      if (char === undefined) throw new UnterminatedQuote('double');
      if (char === '"') break;
      if (char === '$') inner += this.#dollar();
      else if (char === this.#options.escape) inner += this.#escapedInQuotes(rawEscapes);
      else {
        inner += char;
        this.#at++;
      }
      bound(inner);
    }
    this.#at++;
    return this.#options.display ? `"${inner}"` : inner;
  }

  /** Inside double quotes only `"`, `$` and the escape itself lose their meaning; before others it is a character. */
  #escapedInQuotes(raw: boolean): string {
    const token = this.#options.escape;
    const next = this.#chars[this.#at + 1];
    if (next === undefined) {
      this.#at++;
      return '';
    }
    if (next !== '"' && next !== '$' && next !== token) {
      this.#at++;
      return raw ? token + token : token;
    }
    this.#at += 2;
    return raw ? token + next : next;
  }

  #dollar(): string {
    this.#at++;
    if (this.#chars[this.#at] !== '{') {
      const name = this.#name();
      if (name === '') return '$';
      return this.#value(name) ?? (this.#options.display ? `$${name}` : '');
    }
    const start = this.#at++;
    const text = this.#braced();
    if (text !== undefined) return text;
    return `$${this.#chars.slice(start, this.#at).join('')}`;
  }

  /** What `${…}` stands for; undefined when it is to be shown as written. */
  #braced(): string | undefined {
    const name = this.#name();
    if (this.#at >= this.#chars.length) throw new ExpansionError("syntax error: missing '}'");
    if (name === '') throw new ExpansionError('syntax error: bad substitution');
    const value = this.#value(name);
    const shown = this.#options.display === true && value === undefined;
    const operator = this.#chars[this.#at++];
    if (operator === '}') return shown ? undefined : (value ?? '');
    if (operator === '/') {
      const text = this.#replaced(value ?? '');
      return shown ? undefined : text;
    }
    const colon = operator === ':';
    const sign = colon ? (this.#chars[this.#at++] ?? '') : (operator ?? '');
    const isPattern = !colon && (sign === '#' || sign === '%');
    if (!isPattern && !'-+?'.includes(sign)) {
      throw new ExpansionError(`unsupported modifier (${colon ? ':' : ''}${sign}) in substitution`);
    }
    const word = this.#until('}', isPattern).text;
    if (shown) return undefined;
    if (isPattern) return this.#trimmed(value ?? '', sign, word);
    return choose({name, sign, colon, word}, value);
  }

  #trimmed(value: string, sign: string, word: string): string {
    const longest = word.startsWith(sign);
    const glob = compileGlob(longest ? word.slice(1) : word, this.#options.escape);
    return sign === '#' ? trimPrefix(value, glob, longest) : trimSuffix(value, glob, longest);
  }

  #replaced(value: string): string {
    const all = this.#chars[this.#at] === '/';
    if (all) this.#at++;
    const pattern = this.#until('/', true).text;
    const replacement = this.#until('}', true).text;
    return replaceGlob(value, compileGlob(pattern, this.#options.escape), {replacement, all});
  }

  /** A name, the digits of a positional parameter, or one special parameter. */
  #name(): string {
    const start = this.#at;
    const first = this.#chars[start] ?? '';
    if (/^[@*#?\-$!]$/.test(first)) {
      this.#at++;
      return first;
    }
    const allowed = /^\p{Nd}$/u.test(first) ? /^\p{Nd}$/u : /^[\p{L}\p{Nd}_]$/u;
    while (allowed.test(this.#chars[this.#at] ?? '')) this.#at++;
    return this.#chars.slice(start, this.#at).join('');
  }

  #value(name: string): string | undefined {
    const value = this.#options.lookup(name);
    if (value === undefined) this.#unset.add(name);
    return value;
  }
}

interface Choice {
  readonly name: string;
  readonly sign: string;
  readonly colon: boolean;
  readonly word: string;
}

function choose({name, sign, colon, word}: Choice, value: string | undefined): string {
  const absent = value === undefined || (colon && value === '');
  if (sign === '+') return absent ? '' : word;
  if (!absent) return value;
  if (sign === '-') return word;
  const reason = value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty';
  throw new ExpansionError(`${name}: ${word === '' ? reason : word}`);
}

class UnterminatedQuote extends ExpansionError {
  constructor(kind: 'single' | 'double') {
    super(`unexpected end of statement while looking for matching ${kind}-quote`);
  }
}

function bound(text: string): void {
  if (text.length > maxLength) {
    throw new ExpansionError(`expands to more than ${maxLength} characters`);
  }
}

/** Collects the text and, beside it, its words. */
class Output {
  #text = '';
  #word = '';
  #open = false;
  readonly #words: string[] = [];

  /** Blanks in it separate words. */
  splitting(text: string): void {
    this.#text += text;
    bound(this.#text);
    for (const char of text) {
      if (!/\s/.test(char)) {
        this.#word += char;
        this.#open = true;
      } else if (this.#open) this.#close();
    }
  }

  /** Blanks in it belong to the word. */
  whole(text: string): void {
    this.#text += text;
    bound(this.#text);
    this.#word += text;
    this.#open = true;
  }

  end(): {text: string; words: string[]} {
    this.#close();
    return {text: this.#text, words: this.#words};
  }

  #close(): void {
    if (this.#word !== '') this.#words.push(this.#word);
    this.#word = '';
    this.#open = false;
  }
}
