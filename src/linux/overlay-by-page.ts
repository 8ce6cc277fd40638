/**
 * An overlay by mount(2), for kernels before 6.5: all options share one page.
 *
 * Lower directories go in as /proc/self/fd/N: short, so that 200 fit, and free of commas and colons.
 */
import {closeSync, constants as fs, openSync} from 'node:fs';
import {OverlayDepthError} from './errors.js';
import {callMount} from './mount-call.js';
import {MS} from './mount-flags.js';
import {type OverlayMount, overlayError, upperParameters} from './overlay-mount.js';

const PAGE = 4096;
const O_PATH = 0o10000000;

/** Throws OverlayDepthError, OverlayMountError. */
export function mountOverlayByPage(overlay: OverlayMount): void {
  const fds: number[] = [];
  try {
    for (const lower of overlay.lowers) fds.push(openSync(lower, O_PATH | fs.O_DIRECTORY));
    const options = [
      `lowerdir=${fds.map((fd) => `/proc/self/fd/${fd}`).join(':')}`,
      ...upperParameters(overlay).map(([name, value]) =>
        value === undefined ? name : `${name}=${value.replace(/[\\,]/g, '\\$&')}`,
      ),
    ].join(',');
    if (Buffer.byteLength(options) >= PAGE) {
      throw new OverlayDepthError(overlay.lowers.length, Math.floor(PAGE / 20));
    }
    const flags = overlay.upper === undefined ? MS.rdonly : 0;
    const {target} = overlay;
    const errno = callMount({source: 'overlay', target, type: 'overlay', flags, data: options});
    if (errno !== 0) throw overlayError(overlay, errno);
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}
