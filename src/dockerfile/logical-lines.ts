/**
 * Physical lines → one logical line per instruction, continuations joined, comments gone.
 *
 * Takes   the whole text; a byte order mark and CRLF line ends are tolerated.
 * Throws  EmptyDockerfileError, NoInstructionsError, LineTooLongError, DockerfileTooLargeError,
 *         UnterminatedHereDocumentError; DockerfileParseError where an instruction is no UTF-8.
 * Source  buildkit v0.26 parser/parser.go, Parse.
 *
 * This is ours because dockerfile-ast folds differently from docker: it continues a line that ends in two escape
 * characters, and makes words of comments inside a keyword and of a line that is only an escape character.
 */
import {type Directives, parseDirectives} from './directives.js';
import {
  DockerfileParseError,
  DockerfileTooLargeError,
  EmptyDockerfileError,
  LineTooLongError,
  NoInstructionsError,
} from './errors.js';
import {type HereDocument, readHereDocuments} from './here-document.js';
import type {Lines} from './location.js';

/** What docker's line scanner takes, in bytes. */
const maxLineBytes = 65535;
/** In UTF-16 units: far above any Dockerfile, here-documents included; memory stays bounded. */
export const LONGEST_DOCKERFILE = 4 * 1024 * 1024;

export interface LogicalLine {
  /** Joined; blanks of the first physical line trimmed at the left, others as they were. */
  readonly text: string;
  /** Its here-documents included. */
  readonly lines: Lines;
  /** The same as written, without here-documents. */
  readonly physical: readonly string[];
  /** A blank line stood inside the instruction: docker warns. */
  readonly emptyContinuation: boolean;
  /** The comment right above, a line each, without `#`; a blank line or a bare `#` ends it. */
  readonly comments: readonly string[];
  readonly hereDocuments: readonly HereDocument[];
}

export interface LogicalText {
  readonly directives: Directives;
  readonly instructions: readonly LogicalLine[];
}

export function readLogicalLines(text: string): LogicalText {
  const written = writtenLines(text);
  const physical = written.map((line) => (line.endsWith('\r') ? line.replace(/\r+$/, '') : line));
  const directives = parseDirectives(physical);
  const isWhole = text.isWellFormed();
  const instructions: LogicalLine[] = [];
  let index = directives.lineCount;
  let comments: string[] = [];
  while (index < physical.length) {
    const comment = commentOf(physical[index] ?? '');
    if (comment !== undefined) {
      if (comment === '') comments = [];
      else comments.push(comment);
      index++;
      continue;
    }
    const line = foldFrom(physical, index, directives.escape);
    const below = {written, next: line.lines.last};
    const {documents, next} = readHereDocuments(line.text, below, line.lines);
    const lines = {first: line.lines.first, last: next};
    if (!isWhole) refuseUnreadable(written, lines, line.lines.last);
    if (line.text.trim() !== '') {
      instructions.push({...line, lines, comments, hereDocuments: documents});
    }
    comments = [];
    index = next;
  }
  if (instructions.length === 0) {
    throw new NoInstructionsError({first: physical.length, last: physical.length});
  }
  return {directives, instructions};
}

/** Half a surrogate pair is a byte that is no UTF-8: see `fileText`. `folded`: the last line before here-documents. */
function refuseUnreadable(written: readonly string[], {first, last}: Lines, folded: number): void {
  for (let line = first; line <= last; line++) {
    const text = written[line - 1] ?? '';
    const isComment = line <= folded && isBlankOrComment(text);
    if (isComment || text.isWellFormed()) continue;
    const lines = {first: line, last: line};
    throw new DockerfileParseError('the text is not UTF-8', {lines}, 'Save the file as UTF-8.');
  }
}

/** Carriage returns included. */
function writtenLines(text: string): string[] {
  if (text.length > LONGEST_DOCKERFILE) {
    throw new DockerfileTooLargeError(text.length, LONGEST_DOCKERFILE);
  }
  const body = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (body === '') throw new EmptyDockerfileError();
  const lines = body.replace(/\n$/, '').split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.length * 3 > maxLineBytes && Buffer.byteLength(line) > maxLineBytes) {
      throw new LineTooLongError(index + 1, maxLineBytes);
    }
  }
  return lines;
}

function foldFrom(
  physical: readonly string[],
  start: number,
  escapeToken: Directives['escape'],
): Omit<LogicalLine, 'comments' | 'hereDocuments'> {
  const parts: string[] = [];
  let emptyContinuation = false;
  let index = start;
  let last = start;
  for (let open = true; open && index < physical.length; index++) {
    const line = physical[index] ?? '';
    last = index;
    if (index > start && isBlankOrComment(line)) {
      emptyContinuation ||= line.trim() === '';
      continue;
    }
    const end = continuationAt(line, escapeToken);
    open = end !== -1;
    const kept = open ? line.slice(0, end) : line;
    parts.push(index === start ? kept.trimStart() : kept);
  }
  return {
    text: parts.join(''),
    lines: {first: start + 1, last: last + 1},
    physical: physical.slice(start, last + 1),
    emptyContinuation,
  };
}

/** Where the escape is that joins the next line to this one: at the end, but for blanks, and not escaped itself. Else -1. */
function continuationAt(line: string, escapeToken: string): number {
  const at = line.lastIndexOf(escapeToken);
  return line[at - 1] !== escapeToken && /^[ \t]*$/.test(line.slice(at + 1)) ? at : -1;
}

/** What a comment says; a blank line says nothing; undefined for anything else. */
function commentOf(line: string): string | undefined {
  const text = line.trim();
  if (text === '') return '';
  return text.startsWith('#') ? text.slice(1).trim() : undefined;
}

const isBlankOrComment = (line: string): boolean => /^\s*(#|$)/.test(line);
