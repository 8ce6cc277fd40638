/** Bytes, or a share of the disk. */
import {parseSize} from '../../base/parse-size.js';

export type DiskShare = number | `${number}%`;

/** Of `10GB` or `10%`; undefined for what is neither. */
export const parseDiskShare = (text: string): DiskShare | undefined =>
  /^\d{1,2}(\.\d+)?%$|^100%$/.test(text) ? (text as DiskShare) : parseSize(text);

/** Bytes, on a disk of `size`. */
export const bytesOfShare = (share: DiskShare, size: number): number =>
  typeof share === 'number' ? share : (Number.parseFloat(share) / 100) * size;
