/**
 * How deletions and what the kernel refuses are written down in a layer's directory.
 *
 *   deleted name         character device 0/0                      `.wh.<name>` in a tar
 *   opaque directory     user.overlay.opaque = y                   `.wh..wh..opq` in a tar
 *   owner not settable   user.tsbuild.owner = <uid>:<gid>          the owner in a tar
 *   device refused       empty file, user.tsbuild.node = c:<major>:<minor>
 *   capability refused   user.tsbuild.capability = the value of security.capability
 *
 * Source  kernel Documentation/filesystems/overlayfs.rst; OCI image-spec v1.1.1, layer.md § Whiteouts.
 */
import type {Stats} from 'node:fs';
import {asPath, type ByteString} from '../archive/byte-string.js';
import {lgetxattr} from '../linux/xattr.js';

export const WHITEOUT_PREFIX = '.wh.';
/** Names that aufs kept for itself; only the opaque marker of them means anything. */
export const META_PREFIX = '.wh..wh.';
export const OPAQUE_MARKER = '.wh..wh..opq';

export const OPAQUE_XATTR = 'user.overlay.opaque';
export const OWNER_XATTR = 'user.tsbuild.owner';
export const NODE_XATTR = 'user.tsbuild.node';
export const CAPABILITY_XATTR = 'user.tsbuild.capability';

export const S_IFMT = 0o170000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const S_IFCHR = 0o020000;
export const S_IFBLK = 0o060000;
export const S_IFIFO = 0o010000;

export const isDirectory = (stat: Stats): boolean => (stat.mode & S_IFMT) === S_IFDIR;
export const isFile = (stat: Stats): boolean => (stat.mode & S_IFMT) === S_IFREG;
export const isSymlink = (stat: Stats): boolean => (stat.mode & S_IFMT) === S_IFLNK;

export const isWhiteout = (stat: Stats): boolean =>
  (stat.mode & S_IFMT) === S_IFCHR && stat.rdev === 0;

export const isOpaque = (path: ByteString): boolean =>
  lgetxattr(asPath(path), OPAQUE_XATTR)?.toString('latin1') === 'y';

/** What a layer keeps of the attributes a file has. */
export const isKeptXattr = (name: string): boolean =>
  name === 'security.capability' ||
  (name.startsWith('user.') &&
    !name.startsWith('user.overlay.') &&
    !name.startsWith('user.tsbuild.'));
