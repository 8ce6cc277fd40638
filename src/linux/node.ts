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

/** dev_t as glibc and the kernel have it: 12 bits of major and 20 of minor, in four pieces. Arguments fit 32 bits. */
export function makeDevice(major: number, minor: number): number {
  const high = BigInt(major) >> 12n;
  const bits =
    (high << 44n) |
    (BigInt(major & 0xfff) << 8n) |
    ((BigInt(minor) >> 8n) << 20n) |
    BigInt(minor & 0xff);
  return Number(bits);
}

export function deviceMajor(device: number): number {
  const bits = BigInt(device);
  return Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & 0xfffff000n));
}

export function deviceMinor(device: number): number {
  const bits = BigInt(device);
  return Number((bits & 0xffn) | ((bits >> 12n) & 0xffffff00n));
}
