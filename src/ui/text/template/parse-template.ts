/**
 * The part of Go's text/template that people give to docker's `--format`.
 *
 *   {{.Name}} {{.Config.Env}} {{json .}} {{index .Labels "a.b"}} {{.Size | upper}}
 *   {{range .List}} … {{else}} … {{end}}   {{if eq .Os "linux"}} … {{end}}   {{- trims -}}
 *
 * Throws   FormatError for the rest: variables, `with`, `define`, comments, unknown functions.
 * Source   golang.org/pkg/text/template.
 */
import {FormatError} from '../../errors.js';
import {FUNCTIONS} from './template-functions.js';

export type Node =
  | {readonly kind: 'text'; readonly text: string}
  | {readonly kind: 'print'; readonly pipe: Pipe}
  | {
      readonly kind: 'range' | 'if';
      readonly pipe: Pipe;
      readonly body: Node[];
      readonly otherwise: Node[];
    };

/** Calls whose value is the last argument of the next. */
export type Pipe = readonly Call[];
export type Call = readonly [Term, ...Term[]];

export type Term =
  | {readonly kind: 'field'; readonly path: readonly string[]}
  | {readonly kind: 'literal'; readonly value: string | number | boolean}
  | {readonly kind: 'function'; readonly name: string}
  | {readonly kind: 'group'; readonly pipe: Pipe};

export function parseTemplate(template: string): Node[] {
  const parts = split(template);
  const {nodes, end} = readNodes(parts, template);
  if (end !== undefined) throw new FormatError(template, `{{${end}}} without {{range}} or {{if}}`);
  return nodes;
}

interface Part {
  readonly kind: 'text' | 'action';
  readonly text: string;
}

type End = 'else' | 'end';

/** Consumes parts up to an {{else}} or {{end}} that belongs to the caller, or all. */
function readNodes(parts: Part[], template: string): {nodes: Node[]; end: End | undefined} {
  const nodes: Node[] = [];
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const {kind, text} = part;
    if (kind === 'action' && (text === 'end' || text === 'else')) return {nodes, end: text};
    nodes.push(kind === 'text' ? {kind, text} : readAction(text, parts, template));
  }
  return {nodes, end: undefined};
}

function readAction(text: string, parts: Part[], template: string): Node {
  const [, keyword, condition = ''] = /^(range|if)\b(.*)$/s.exec(text) ?? [];
  if (keyword !== 'range' && keyword !== 'if') {
    return {kind: 'print', pipe: parsePipe(text, template)};
  }
  const pipe = parsePipe(condition, template);
  const body = readNodes(parts, template);
  const otherwise = body.end === 'else' ? readNodes(parts, template) : {nodes: [], end: body.end};
  if (otherwise.end !== 'end') throw new FormatError(template, `{{${keyword}}} has no {{end}}`);
  return {kind: keyword, pipe, body: body.nodes, otherwise: otherwise.nodes};
}

function split(template: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of template.matchAll(
    /\{\{(-\s)?\s*((?:"(?:\\.|[^"\\])*"|`[^`]*`|[^"`}])*?)\s*(\s-)?\}\}(\s*)/g,
  )) {
    const [whole, trimLeft, action = '', trimRight, space = ''] = match;
    const text = template.slice(at, match.index);
    parts.push({kind: 'text', text: trimLeft === undefined ? text : text.trimEnd()});
    parts.push({kind: 'action', text: action});
    at = match.index + whole.length - (trimRight === undefined ? space.length : 0);
  }
  const tail = template.slice(at);
  if (/\{\{|\}\}/.test(tail)) throw new FormatError(template, 'unbalanced braces');
  return [...parts, {kind: 'text', text: tail}];
}

const WORD =
  /\s*(?:(\.[\w.]*)|("(?:\\.|[^"\\])*"|`[^`]*`)|(-?\d+)|(true|false)\b|([A-Za-z]\w*)|([()|]))/y;

function parsePipe(text: string, template: string): Pipe {
  const words: string[] = [];
  WORD.lastIndex = 0;
  while (text.slice(WORD.lastIndex).trim() !== '') {
    const start = WORD.lastIndex;
    const match = WORD.exec(text);
    if (match === null)
      throw new FormatError(template, `cannot read ${JSON.stringify(text.slice(start))}`);
    words.push(match[0].trim());
  }
  const pipe = readPipe(words, template);
  if (words.length > 0) throw new FormatError(template, `unexpected ${words[0]}`);
  return pipe;
}

/** Consumes words up to a closing parenthesis or the end. */
function readPipe(words: string[], template: string): Pipe {
  const calls: Call[] = [];
  let terms: Term[] = [];
  const close = (): void => {
    const [first, ...others] = terms;
    if (first === undefined) throw new FormatError(template, 'an action is empty');
    calls.push([first, ...others]);
    terms = [];
  };
  for (;;) {
    const word = words[0];
    if (word === undefined || word === ')') break;
    words.shift();
    if (word === '|') close();
    else terms.push(word === '(' ? readGroup(words, template) : readTerm(word, template));
  }
  close();
  return calls;
}

function readGroup(words: string[], template: string): Term {
  const pipe = readPipe(words, template);
  if (words.shift() !== ')') throw new FormatError(template, 'a parenthesis is not closed');
  return {kind: 'group', pipe};
}

function readTerm(word: string, template: string): Term {
  if (word.startsWith('.')) {
    return {kind: 'field', path: word.split('.').filter((name) => name !== '')};
  }
  if (word.startsWith('`')) return {kind: 'literal', value: word.slice(1, -1)};
  if (word.startsWith('"')) return {kind: 'literal', value: unquote(word, template)};
  if (/^-?\d/.test(word)) return {kind: 'literal', value: Number(word)};
  if (word === 'true' || word === 'false') return {kind: 'literal', value: word === 'true'};
  if (!Object.hasOwn(FUNCTIONS, word)) {
    throw new FormatError(template, `function ${JSON.stringify(word)} is not defined`);
  }
  return {kind: 'function', name: word};
}

function unquote(word: string, template: string): string {
  try {
    return JSON.parse(word) as string;
  } catch {
    throw new FormatError(template, `cannot read ${word}`);
  }
}
