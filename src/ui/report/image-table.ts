/** An image as a row of `images`, with docker's column names. */
import type {ImageSummary} from '../../app/image/list-images.js';
import {now} from '../../base/clock.js';
import {type Digest, shortID} from '../../oci/digest.js';
import type {Row, Table} from '../text/listing.js';
import {formatAge, formatBytes} from '../text/units.js';

const NONE = '<none>';

export type ImageColumns = Row & {readonly ID: string};

const HEADERS: ImageColumns = {
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  ID: 'IMAGE ID',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
};

export const imageTable = (digests: boolean): Table => ({
  headers: HEADERS,
  fields: ['Repository', 'Tag', ...(digests ? ['Digest'] : []), 'ID', 'CreatedSince', 'Size'],
});

export function imageColumns(
  image: ImageSummary,
  {full, at = now()}: {full: boolean; at?: Date},
): ImageColumns {
  return {
    Repository: image.repository ?? NONE,
    Tag: image.tag ?? NONE,
    Digest: image.digest ?? NONE,
    ID: full ? image.id : shortID(image.id as Digest),
    CreatedSince: formatAge(image.createdAt, at),
    CreatedAt: formatDate(image.createdAt),
    Size: formatBytes(image.size, 3),
  };
}

/** `2026-08-01 09:30:00 +0000 UTC`, as Go shows a time. */
function formatDate(created: string | undefined): string {
  const time = created === undefined ? Number.NaN : Date.parse(created);
  if (Number.isNaN(time)) return 'N/A';
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}
