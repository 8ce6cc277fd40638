/** Changes of values as lines, one each: sign, name, and both values. */
import type {ValueChange} from '../../app/builds/value-changes.js';
import {printable} from '../text/printable.js';

/** Without their ends. */
export const valueLines = (changes: readonly ValueChange[]): string[] =>
  changes.map(({name, was, now}) => {
    if (was === undefined) return printable(`+ ${name}: ${JSON.stringify(now)}`);
    if (now === undefined) return printable(`- ${name}: ${JSON.stringify(was)}`);
    return printable(`~ ${name}: ${JSON.stringify(was)} → ${JSON.stringify(now)}`);
  });
