/** A here-document as a file: of a COPY or ADD, or a script of a RUN. */
import {posix} from 'node:path';
import {contentOf, type HereDocument} from '../dockerfile/here-document.js';
import type {Lines} from '../dockerfile/location.js';
import type {InlineFile} from '../graph/op.js';
import {InvalidValueError} from './errors.js';

/** Throws InvalidValueError for a name that is no file's. */
export function inlineFile(document: HereDocument, place: {readonly lines: Lines}): InlineFile {
  const name = posix.join('/', document.name).slice(1);
  if (name === '' || name.includes('/')) {
    throw new InvalidValueError(
      `a here-document named ${JSON.stringify(document.name)} cannot become a file`,
      place,
      'Name it without slashes, and write the directory as the destination.',
    );
  }
  return {name, content: contentOf(document)};
}

/** Its first line, for people. */
export function summaryOf({content}: HereDocument): string {
  const [first = '', ...more] = content.trim().split(/\r?\n/);
  return more.length === 0 ? first : `${first}...`;
}
