/** The launcher, compiled from the sources as they are, once for all test files; and the same as another user. */
import {execFileSync, spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import {bundled} from './bundled.js';
import {commandPrefix, testUser} from './users.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const sources = join(repository, 'src/linux/native');

/** In a folder that every user may enter. */
export function launcherPath(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(sources).sort()) hash.update(readFileSync(join(sources, name)));
  const owner = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `tsbuild-launcher-${owner}-${hash.digest('hex').slice(0, 16)}`);
  const path = join(folder, 'tsbuild');
  if (existsSync(path)) return path;
  mkdirSync(folder, {recursive: true});
  chmodSync(folder, 0o755);
  execFileSync('sh', [join(sources, 'build.sh'), path]);
  return path;
}

/** An executable that becomes the launcher as that user, with descriptors and process id kept. */
export function launcherAs(name: string): string {
  const user = testUser(name);
  const launcher = launcherPath();
  if (user.uid === process.getuid?.()) return launcher;
  const path = `${launcher}-as-${name}`;
  const prefix = commandPrefix(user).map((word) => `'${word}'`);
  const script = `#!/bin/sh\nexec ${prefix.join(' ')} '${launcher}' "$@"\n`;
  // Renamed, since a file that is open to be written cannot be executed.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, script);
  chmodSync(draft, 0o755);
  renameSync(draft, path);
  return path;
}

/** A test's program in TypeScript, a path below the repository, run as that user behind the launcher: its exit code and output. */
export async function runInNamespaces(
  name: string,
  program: string,
  ...args: readonly string[]
): Promise<{code: number | null; stdout: string; stderr: string}> {
  const [command = '', ...prefix] = commandPrefix(testUser(name));
  const words = [launcherPath(), '--enter', bundled(program)];
  const child = spawn(command, [...prefix, ...words, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return {code: await closed, stdout, stderr};
}
