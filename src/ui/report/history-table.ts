/** A step of an image's history as a row of `history`, with docker's column names. */
import type {HistoryRow} from '../../app/image/image-history.js';
import {now} from '../../base/clock.js';
import {shortID} from '../../oci/digest.js';
import type {Row, Table} from '../text/listing.js';
import {formatAge, formatBytes} from '../text/units.js';

/** docker's: commands are cut to this many characters. */
const COMMAND_WIDTH = 45;

export type HistoryColumns = Row & {readonly ID: string};

export const HISTORY_TABLE: Table = {
  headers: {
    ID: 'IMAGE',
    CreatedSince: 'CREATED',
    CreatedAt: 'CREATED AT',
    CreatedBy: 'CREATED BY',
    Size: 'SIZE',
    Comment: 'COMMENT',
  },
  fields: ['ID', 'CreatedSince', 'CreatedBy', 'Size', 'Comment'],
};

interface Shown {
  readonly full: boolean;
  readonly human: boolean;
  readonly at?: Date;
}

export function historyColumns(row: HistoryRow, {full, human, at = now()}: Shown): HistoryColumns {
  const command = row.createdBy.replaceAll(/\s+/g, ' ');
  return {
    ID: idOf(row, full),
    CreatedSince: human ? formatAge(row.createdAt, at) : (row.createdAt ?? 'N/A'),
    CreatedAt: row.createdAt ?? 'N/A',
    CreatedBy: full ? command : shortened(command),
    Size: human ? formatBytes(row.size, 3) : String(row.size),
    Comment: row.comment,
  };
}

function idOf({id}: HistoryRow, full: boolean): string {
  if (id === undefined) return '<missing>';
  return full ? id : shortID(id);
}

const shortened = (text: string): string =>
  text.length <= COMMAND_WIDTH ? text : `${text.slice(0, COMMAND_WIDTH - 1)}…`;
