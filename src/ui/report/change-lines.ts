/** Changes of files as lines, one each: sign, size, path, and of a changed one what differs. */
import type {Aspect, FileChange} from '../../layer/inspect/file-change.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {formatBytes, plural} from '../text/units.js';

const SIGNS = {added: '+', changed: '~', deleted: '-'} as const;

/** Without their ends. */
export const changeLines = (changes: readonly FileChange[]): string[] =>
  formatTable(
    changes.map((change) => [
      `${SIGNS[change.change]} ${formatBytes(change.bytes, 3)}`,
      printable(`/${change.path}${change.type === 'directory' ? '/' : ''}${details(change)}`),
    ]),
  );

function details({change, type, files, aspects}: FileChange): string {
  if (change === 'added') return '';
  if (change === 'deleted') return type === 'directory' ? `  (${plural(files, 'file')})` : '';
  return `  (${aspects.length === 0 ? 'written again as it was' : aspects.map(aspect).join(', ')})`;
}

function aspect({name, was, now}: Aspect): string {
  if (name === 'attributes') return 'extended attributes';
  const short = (text: string): string => (name === 'content' ? text.slice(0, 12) : text);
  return `${name} ${short(was)} → ${short(now)}`;
}
