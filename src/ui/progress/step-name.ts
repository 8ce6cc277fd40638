/** A vertex's name on one line, safe for a terminal. */
import type {Vertex} from '../../graph/vertex.js';
import {printable} from '../text/printable.js';

export const stepName = (vertex: Vertex): string => oneLine(vertex.name);

export const oneLine = (text: string): string =>
  printable(text.replaceAll(/\s*\n\s*/g, ' ').trim());
