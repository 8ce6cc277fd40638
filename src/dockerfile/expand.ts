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
import type {Allowance} from './allowance.js';
import {ExpansionError} from './errors.js';
import {compileGlob, type Glob, replaceGlob, trimPrefix, trimSuffix} from './glob-substitution.js';
import {boundLength, WordCollector} from './word-collector.js';

export interface ExpandOptions {
  readonly escape: '\\' | '`';
  /** Undefined when there is no such variable. */
  readonly lookup: (name: string) => string | undefined;
  /** For showing a RUN to people: quotes stay, and so do variables that are not set. */
  readonly display?: boolean;
  /** For the text of a here-document: quotes are characters like others. */
  readonly document?: boolean;
  /** Of the whole Dockerfile: values, and what it takes to find a pattern in them. */
  readonly allowance?: Allowance;
}

export interface Expanded {
  readonly text: string;
  /** The same split at blanks that no quote protects: what EXPOSE takes. */
  readonly words: readonly string[];
  /** Variables asked for that are not set; those with a `:-` or the like are none. */
  readonly unset: ReadonlySet<string>;
  /** Variables asked for that are set. */
  readonly used: ReadonlySet<string>;
}

const maxDepth = 100;
const plain = /[^$'"\\`}/]*/y;
const asciiName = /[@*#?\-$!]|\d+|[A-Za-z_]\w*/y;
const anyName = /[@*#?\-$!]|\p{Nd}+|[\p{L}_][\p{L}\p{Nd}_]*/uy;

export function expand(word: string, options: ExpandOptions): Expanded {
  return /[$'"\\`]/.test(word) ? new Lexer(word, options).run() : new Verbatim(word);
}

const NONE: ReadonlySet<string> = new Set();

/** What most words are: nothing in them means anything else. */
class Verbatim implements Expanded {
  readonly text: string;
  readonly unset = NONE;
  readonly used = NONE;

  constructor(word: string) {
    boundLength(word);
    this.text = word;
  }

  get words(): readonly string[] {
    return this.text.match(/\S+/g) ?? [];
  }
}

class Lexer {
  readonly #source: string;
  readonly #options: ExpandOptions;
  readonly #unset = new Set<string>();
  readonly #used = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(word: string, options: ExpandOptions) {
    this.#source = word;
    this.#options = options;
  }

  run(): Expanded {
    const {text, words} = this.#until(undefined, false);
    return {text, words, unset: this.#unset, used: this.#used};
  }

  /** Up to `stop`, which is consumed, or the end. `rawEscapes` keeps escape characters for a glob to read. */
  #until(stop: string | undefined, rawEscapes: boolean): {text: string; words: string[]} {
    const out = new WordCollector();
    if (++this.#depth > maxDepth) throw new ExpansionError('substitutions nested too deeply');
    while (this.#at < this.#source.length) {
      out.splitting(this.#plain());
      const char = this.#source[this.#at] ?? '';
      if (char === stop) {
        this.#at++;
        this.#depth--;
        return out.end();
      }
      const kept = this.#protected(char, rawEscapes);
      if (kept !== undefined) out.whole(kept);
      else out.splitting(char === '$' ? this.#dollar() : this.#next());
    }
    if (stop !== undefined) throw new UnterminatedBrace(stop);
    this.#depth--;
    return out.end();
  }

  #next(): string {
    return this.#source[this.#at++] ?? '';
  }

  /** What a quote or an escape keeps from meaning something; undefined for other characters. */
  #protected(char: string, rawEscapes: boolean): string | undefined {
    if (char === this.#options.escape) return this.#escaped(rawEscapes);
    if (this.#options.document) return undefined;
    if (char === "'") return this.#singleQuoted();
    return char === '"' ? this.#doubleQuoted(rawEscapes) : undefined;
  }

  /** A run of characters that mean themselves everywhere. */
  #plain(): string {
    return this.#take(plain);
  }

  /** What the pattern, a sticky one, matches here. */
  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const run = pattern.exec(this.#source)?.[0] ?? '';
    this.#at += run.length;
    return run;
  }

  /** The character after the escape; an escape that ends the word is dropped. */
  #escaped(raw: boolean): string {
    const next = this.#source[this.#at + 1];
    this.#at += 2;
    return (raw ? this.#options.escape : '') + (next ?? '');
  }

  #singleQuoted(): string {
    const end = this.#source.indexOf("'", this.#at + 1);
    if (end === -1) throw new UnterminatedQuote('single');
    const inner = this.#source.slice(this.#at + 1, end);
    this.#at = end + 1;
    return this.#options.display ? `'${inner}'` : inner;
  }

  #doubleQuoted(rawEscapes: boolean): string {
    let inner = '';
    this.#at++;
    for (;;) {
      const char = this.#source[this.#at];
      if (char === undefined) throw new UnterminatedQuote('double');
      if (char === '"') break;
      if (char === '$') inner += this.#dollar();
      else if (char === this.#options.escape) inner += this.#escapedInQuotes(rawEscapes);
      else inner += this.#next();
      inner += this.#plain();
      boundLength(inner);
    }
    this.#at++;
    return this.#options.display ? `"${inner}"` : inner;
  }

  /** Inside double quotes only `"`, `$` and the escape itself lose their meaning; before others it is a character. */
  #escapedInQuotes(raw: boolean): string {
    const token = this.#options.escape;
    const next = this.#source[this.#at + 1];
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
    if (this.#source[this.#at] !== '{') {
      const name = this.#name();
      if (name === '') return '$';
      return this.#value(name) ?? (this.#options.display ? `$${name}` : '');
    }
    const start = this.#at++;
    const text = this.#braced();
    if (text !== undefined) return text;
    return `$${this.#source.slice(start, this.#at)}`;
  }

  /** What `${…}` stands for; undefined when it is to be shown as written. */
  #braced(): string | undefined {
    const name = this.#name();
    if (this.#at >= this.#source.length) throw new UnterminatedBrace('}');
    if (name === '') throw new ExpansionError('syntax error: bad substitution');
    const operator = this.#operator();
    const value = this.#lookup(name);
    const isPattern = operator === '#' || operator === '%';
    const operands = this.#operands(operator, isPattern);
    if (value === undefined && this.#options.display) return undefined;
    if (isTest(operator)) return choose({name, operator, word: operands[0] ?? ''}, value);
    if (value === undefined) this.#unset.add(name);
    return this.#edited(value ?? '', operator, operands);
  }

  #operator(): string {
    const sign = this.#source[this.#at++] ?? '';
    const next = this.#source[this.#at] ?? '';
    const isPair = sign === ':' || (sign === '/' && next === '/');
    const operator = isPair ? sign + next : sign;
    if (isPair) this.#at++;
    if (isTest(operator) || operators.has(operator)) return operator;
    throw new ExpansionError(`unsupported modifier (${operator}) in substitution`);
  }

  /** What stands between the operator and the closing brace, expanded. */
  #operands(operator: string, isPattern: boolean): string[] {
    if (operator === '}') return [];
    if (!operator.startsWith('/')) return [this.#until('}', isPattern).text];
    return [this.#until('/', true).text, this.#until('}', true).text];
  }

  #edited(value: string, operator: string, [pattern = '', replacement = '']: string[]): string {
    if (operator === '}') return value;
    const compile = (glob: string): Glob => compileGlob(glob, this.#options.escape);
    const spend = (steps: number) => this.#spend(steps);
    if (operator.startsWith('/')) {
      return replaceGlob(value, compile(pattern), {replacement, all: operator === '//', spend});
    }
    const longest = pattern.startsWith(operator);
    const trim = operator === '#' ? trimPrefix : trimSuffix;
    return trim(value, compile(longest ? pattern.slice(1) : pattern), {longest, spend});
  }

  /** A name, the digits of a positional parameter, or one special parameter. */
  #name(): string {
    const start = this.#at;
    const name = this.#take(asciiName);
    // Only where it is needed: Unicode's classes take a millisecond to compile.
    if (!(this.#source.charCodeAt(this.#at) > 0x7f)) return name;
    this.#at = start;
    return this.#take(anyName);
  }

  #value(name: string): string | undefined {
    const value = this.#lookup(name);
    if (value === undefined) this.#unset.add(name);
    return value;
  }

  #lookup(name: string): string | undefined {
    const value = this.#options.lookup(name);
    if (value !== undefined) this.#used.add(name);
    this.#spend(value?.length ?? 0);
    return value;
  }

  #spend(amount: number): void {
    if (this.#options.allowance?.take(amount) === false) {
      throw new ExpansionError('the variables of the Dockerfile come to too much');
    }
  }
}

const operators = new Set(['}', '#', '%', '/', '//']);
const isTest = (operator: string): boolean => /^:?[-+?]$/.test(operator);

function choose(
  {name, operator, word}: {name: string; operator: string; word: string},
  value: string | undefined,
): string {
  const absent = value === undefined || (value === '' && operator.startsWith(':'));
  if (operator.endsWith('+')) return absent ? '' : word;
  if (!absent) return value;
  if (operator.endsWith('-')) return word;
  const reason = value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty';
  throw new ExpansionError(`${name}: ${word === '' ? reason : word}`);
}

class UnterminatedQuote extends ExpansionError {
  constructor(kind: 'single' | 'double') {
    super(`unexpected end of statement while looking for matching ${kind}-quote`, {
      hint: `Close the quote, or write the escape character before one that is meant as a character.`,
    });
  }
}

class UnterminatedBrace extends ExpansionError {
  constructor(missing: string) {
    super(`syntax error: missing '${missing}'`, {
      hint: 'Close what ${ began; a blank ends a word even there.',
    });
  }
}
