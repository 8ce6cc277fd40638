/**
 * Here-documents: `<<NAME` in a RUN, COPY or ADD, and the lines below it up to one that is NAME.
 *
 *   <<NAME     variables in the text are expanded, by whoever reads it: COPY and ADD, or the shell of a RUN
 *   <<"NAME"   quoted, in part or whole: they are not
 *   <<-NAME    tabs at the start of lines do not count
 *
 * Several on a line follow one another in order. A line that docker's shell lexer cannot read opens none.
 * Source  buildkit v0.26 parser/parser.go, heredocsFromLine and heredocFromMatch.
 */
import {ExpansionError, UnterminatedHereDocumentError} from './errors.js';
import {expand} from './expand.js';
import type {Lines} from './location.js';
import {splitStatement} from './split-statement.js';
import {parseStringArray} from './words.js';

export interface HereDocument {
  readonly name: string;
  /** False when the name was quoted. */
  readonly expand: boolean;
  readonly stripTabs: boolean;
  /** As it stands in the file, line ends included. */
  readonly content: string;
}

type Opening = Omit<HereDocument, 'content'>;

const takers = new Set(['RUN', 'COPY', 'ADD']);
/** With quotes and escapes; blanks may follow `<<`. */
const rawWord = /(?:\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"|<<\s*|[^\s\\'"])+/g;
const openingWord = /^\d*<<(-?)\s*(?!\s)((?:\\[^<]|'[^'<]*'|"(?:\\[^<]|[^"\\<])*"|[^\s\\'"<])*)$/;
const quoted = /'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|\\([\s\S])/g;

/** The text without the tabs that `<<-` ignores. */
export const contentOf = ({content, stripTabs}: HereDocument): string =>
  stripTabs ? content.replace(/(^|\n)\t+/g, '$1') : content;

/** The text with its here-documents below, as the file has them. */
export const withBodies = (text: string, documents: readonly HereDocument[]): string =>
  text + documents.map(({content, name}) => `\n${content}${name}`).join('');

/** What a word opens, when the whole of it is one `<<NAME`. */
export function parseOpening(word: string): Opening | undefined {
  const [, dash, rest] = openingWord.exec(word) ?? [];
  if (rest === undefined) return undefined;
  let hasQuotes = false;
  const name = rest.replace(quoted, (_, single, double, escaped) => {
    if (escaped !== undefined) return escaped;
    hasQuotes = true;
    return single ?? double.replace(/\\(["$\\])/g, '$1');
  });
  return name === '' ? undefined : {name, expand: !hasQuotes, stripTabs: dash === '-'};
}

/**
 * The here-documents of an instruction.
 *
 * Takes   its logical line, and the lines of the file with the one after it; `lines` are its own, for the error.
 * Returns them, and the place of the line after the last.
 * Throws  UnterminatedHereDocumentError.
 */
export function readHereDocuments(
  text: string,
  file: {readonly written: readonly string[]; readonly next: number},
  lines: Lines,
): {documents: HereDocument[]; next: number} {
  let {next} = file;
  const documents = openings(text).map((opening) => {
    const start = next;
    while (!isEnd(file.written[next], opening)) {
      if (++next < file.written.length) continue;
      const nearly = file.written.findIndex(
        (line, index) => index >= start && line.trim() === opening.name,
      );
      const place = {lines: {...lines, last: next}};
      throw new UnterminatedHereDocumentError(
        opening.name,
        place,
        nearly === -1 ? undefined : nearly + 1,
      );
    }
    const body = file.written.slice(start, next++);
    return {...opening, content: body.map((line) => `${line}\n`).join('')};
  });
  return {documents, next};
}

function isEnd(line: string | undefined, {name, stripTabs}: Opening): boolean {
  const text = line?.replace(/\r+$/, '');
  return (stripTabs ? text?.replace(/^\t+/, '') : text) === name;
}

function openings(text: string): Opening[] {
  if (!text.includes('<<') || !takesHereDocuments(text) || !isReadable(text)) return [];
  return (text.match(rawWord) ?? []).flatMap((word) => parseOpening(word) ?? []);
}

function takesHereDocuments(text: string): boolean {
  const {keyword, rest} = splitStatement(text);
  if (keyword === 'ONBUILD') return takesHereDocuments(rest);
  return takers.has(keyword) && parseStringArray(rest).kind === 'text';
}

function isReadable(text: string): boolean {
  try {
    expand(text, {escape: '\\', lookup: () => undefined, display: true});
    return true;
  } catch (error) {
    if (error instanceof ExpansionError) return false;
    throw error;
  }
}
