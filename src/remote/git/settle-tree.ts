import {chmodSync, lstatSync, lutimesSync, readdirSync, type Stats} from 'node:fs';
import {asPath, type ByteString, fromText} from '../../archive/byte-string.js';

/** Modes of a tree are 755 and 644 whatever the umask; with `mtime`, in seconds, all of it has that time. */
export function settleTree(directory: string, mtime: number | undefined): void {
  settle(fromText(directory), mtime);
}

function settle(path: ByteString, mtime: number | undefined): void {
  const stat = lstatSync(asPath(path));
  const mode = stat.isSymbolicLink() ? undefined : modeOf(stat);
  if (mode !== undefined && (stat.mode & 0o7777) !== mode) chmodSync(asPath(path), mode);
  if (stat.isDirectory()) {
    for (const name of readdirSync(asPath(path), 'latin1')) settle(`${path}/${name}`, mtime);
  }
  if (mtime !== undefined) lutimesSync(asPath(path), mtime, mtime);
}

const modeOf = (stat: Stats): number =>
  stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644;
