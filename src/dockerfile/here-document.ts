/**
 * Here-documents: recognised, so that their body is not taken for instructions.
 *
 * Source  buildkit v0.26 parser/parser.go, heredocFromMatch: a shell word `[n]<<[-]NAME`, NAME possibly quoted.
 */
import {UnsupportedSyntaxError} from './errors.js';
import type {Statement} from './statement.js';
import {parseStringArray, splitWords} from './words.js';

const opening = /^\d*<<-?["']?[^<"'\s]+["']?$/;

export function refuseHereDocument(statement: Statement): void {
  if (!statement.rest.includes('<<') || parseStringArray(statement.rest).kind !== 'text') return;
  const word = splitWords(statement.rest, statement.escape).find((each) => opening.test(each));
  if (word !== undefined) {
    throw new UnsupportedSyntaxError(`the here-document ${word}`, statement.line);
  }
}
