import {toText} from '../../archive/byte-string.js';
import type {TarHeader} from '../../archive/tar-header.js';
import {makeDevice} from '../../linux/node.js';
import {UnsafeEntryError} from '../errors.js';
import {S_IFBLK, S_IFCHR, S_IFIFO} from '../overlay-form.js';

/** The file type bits and the device number of a device or FIFO in a tar. Throws UnsafeEntryError. */
export function nodeOf(header: TarHeader): {kind: number; device: number} {
  const {type, deviceMajor, deviceMinor, name} = header;
  if (type === 'fifo') return {kind: S_IFIFO, device: 0};
  if (deviceMajor < 0 || deviceMajor > 0xfff || deviceMinor < 0 || deviceMinor > 0xfffff) {
    throw new UnsafeEntryError(toText(name), 'device numbers out of range');
  }
  const device = makeDevice(deviceMajor, deviceMinor);
  if (type === 'character-device' && device === 0) {
    throw new UnsafeEntryError(toText(name), 'device 0/0 is an overlay whiteout');
  }
  return {kind: type === 'character-device' ? S_IFCHR : S_IFBLK, device};
}
