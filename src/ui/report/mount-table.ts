/** Mounts of images as rows of `image mount`. */
import {now} from '../../base/clock.js';
import type {ImageMount} from '../../container/image-mounts.js';
import type {Row, Table} from '../text/listing.js';
import {formatAge} from '../text/units.js';

export const MOUNT_TABLE: Table = {
  headers: {ID: 'MOUNT ID', Image: 'IMAGE', CreatedSince: 'CREATED', Path: 'PATH'},
  fields: ['ID', 'Image', 'CreatedSince', 'Path'],
};

export const mountColumns = ({id, image, createdAt, path}: ImageMount): Row => ({
  ID: id,
  Image: image,
  CreatedSince: formatAge(createdAt, now()),
  Path: path,
});
