/** Where a user finds the built executable: here, or in a copy when this folder is closed to them. */
import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {repository} from '../bases/ensure-base.js';
import {commandPrefix, type TestUser} from '../helpers/users.js';

const PARTS = ['dist', 'src', 'test', 'node_modules', 'package.json', 'tsconfig.json'];

export function installFor(user: TestUser): string {
  const executable = join(repository, 'dist/tsbuild');
  const [program = '', ...args] = [...commandPrefix(user), 'test', '-x', executable];
  if (spawnSync(program, args).status === 0) return repository;
  const stamp = `${statSync(executable).mtimeMs}`.replace('.', '-');
  const copy = `/var/tmp/tsbuild-e2e-install-${stamp}`;
  if (existsSync(copy)) return copy;
  const draft = mkdtempSync('/var/tmp/tsbuild-e2e-draft-');
  mkdirSync(draft, {recursive: true});
  chmodSync(draft, 0o755);
  const {status, stderr} = spawnSync('cp', [
    '-a',
    ...PARTS.map((part) => join(repository, part)),
    draft,
  ]);
  if (status !== 0) throw new Error(`cannot copy the build for ${user.name}: ${stderr}`);
  try {
    renameSync(draft, copy);
  } catch {
    rmSync(draft, {recursive: true});
  }
  return copy;
}
