/** A place in a Dockerfile as BuildKit's JSON has it. Source: buildkit, solver/pb, Location. */
import type {Lines} from '../../dockerfile/location.js';

export const location = (lines: Lines | undefined) =>
  lines === undefined ? {} : {ranges: [{start: {line: lines.first}, end: {line: lines.last}}]};

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
