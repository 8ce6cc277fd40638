/** What this machine lacks that the demo would use, with the command that brings it. */
import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {repository} from '../bases/ensure-base.js';

export function missingTools(): string[] {
  const lines: string[] = [];
  if (!existsSync(join(repository, 'dist/tsbuild'))) {
    lines.push(
      'There is no dist/tsbuild: the launcher is compiled with cc. apt-get install gcc libc6-dev, then npm run build',
    );
  }
  if (process.getuid?.() !== 0 && !has('newuidmap')) {
    lines.push(
      'There is no newuidmap: builds have a single id here. apt-get install uidmap for all of them',
    );
  }
  for (const program of ['apt-get', 'dpkg-deb']) {
    if (!has(program))
      lines.push(`There is no ${program}: base images are made from Debian's packages`);
  }
  return lines;
}

const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
