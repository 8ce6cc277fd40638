/** Cache mounts as rows of `cache mounts ls`. */
import {now} from '../../base/clock.js';
import type {CacheMountFolder} from '../../store/cache-mount-folders.js';
import type {Row, Table} from '../text/listing.js';
import {formatAge, formatBytes} from '../text/units.js';

export const CACHE_MOUNT_TABLE: Table = {
  headers: {
    ID: 'ID',
    Size: 'SIZE',
    InUse: 'IN USE',
    LastUsedSince: 'LAST USED',
    CreatedSince: 'CREATED',
    Directory: 'DIRECTORY',
  },
  fields: ['ID', 'Size', 'InUse', 'LastUsedSince', 'CreatedSince', 'Directory'],
};

export const cacheMountColumns = (mount: CacheMountFolder): Row => ({
  ID: mount.id,
  Size: formatBytes(mount.size, 3),
  InUse: String(mount.inUse),
  LastUsedSince: formatAge(mount.lastUsedAt, now()),
  CreatedSince: formatAge(mount.createdAt, now()),
  Directory: mount.path,
});
