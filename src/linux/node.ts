/** Special files: character and block devices, FIFOs, and overlayfs whiteouts, which are character devices 0/0. */
import {constants} from 'node:fs';
import {checked, libcFunction} from './libc.js';
import {type NativePath, nativePath} from './native-path.js';

const make = libcFunction('int mknod(const char *path, unsigned int mode, uint64_t device)');

/** `mode` holds the file type too; `device` is as stat(2) and makeDevice give it. The umask is taken off. */
export function mknod(path: NativePath, mode: number, device: number): void {
  checked(make(nativePath(path), mode, device), 'mknod', [path, mode.toString(8), device]);
}

/** Needs no privilege since Linux 5.8, in a user namespace too. */
export function makeWhiteout(path: NativePath): void {
  mknod(path, constants.S_IFCHR, 0);
}

/** dev_t: Linux has 12 bits of major and 20 of minor, in three pieces. */
export function makeDevice(major: number, minor: number): number {
  return (((minor >>> 8) << 20) | (major << 8) | (minor & 0xff)) >>> 0;
}

export function deviceMajor(device: number): number {
  return (device >>> 8) & 0xfff;
}

export function deviceMinor(device: number): number {
  return (device & 0xff) | ((device >>> 12) & 0xfff00);
}
