/**
 * Removes a directory with everything in it, whatever a container left there.
 *
 * Copes with directories without permissions (overlayfs makes its work directories mode 000), with names that are no UTF-8
 * and with paths longer than the kernel takes (PATH_MAX). Never follows a symlink. A missing path is fine.
 */
import {randomBytes} from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
} from 'node:fs';

/** Bytes; well below PATH_MAX (4096), so that one more name (255) fits. */
const LONGEST = 3500;
const SLASH = Buffer.from('/');

export function removeTree(path: string | Buffer): void {
  const top = Buffer.from(path);
  if (!isDirectory(top)) {
    rmSync(top, {force: true});
    return;
  }
  const pending = [top];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    removeDirectory(next, {top, pending});
  }
}

function isDirectory(path: Buffer): boolean {
  return lstatSync(path, {throwIfNoEntry: false})?.isDirectory() === true;
}

/** Where a subtree goes whose path grows too long: next to `top`, to be removed after it. */
interface Detour {
  readonly top: Buffer;
  readonly pending: Buffer[];
}

function removeDirectory(folder: Buffer, detour: Detour): void {
  for (const {name, directory} of entries(folder)) {
    const path = Buffer.concat([folder, SLASH, name]);
    if (!directory) withPermission(folder, () => unlinkSync(path));
    else if (path.byteLength > LONGEST) moveAway(path, detour);
    else removeDirectory(path, detour);
  }
  rmdirSync(folder);
}

function moveAway(path: Buffer, {top, pending}: Detour): void {
  const near = Buffer.concat([top, Buffer.from(`.${randomBytes(8).toString('hex')}`)]);
  chmodSync(path, 0o700);
  renameSync(path, near);
  pending.push(near);
}

function entries(folder: Buffer): readonly {name: Buffer; directory: boolean}[] {
  return withPermission(folder, () =>
    readdirSync(folder, {encoding: 'buffer', withFileTypes: true}).map((entry) => ({
      name: entry.name as unknown as Buffer,
      directory: entry.isDirectory(),
    })),
  );
}

/** Tries, and tries again after giving the owner the rights a directory needs. */
function withPermission<Out>(folder: Buffer, act: () => Out): Out {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error;
    chmodSync(folder, 0o700);
    return act();
  }
}

const codeOf = (error: unknown): unknown => (error as {code?: unknown}).code;
