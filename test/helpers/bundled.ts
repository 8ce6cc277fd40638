/** A test's TypeScript for another process: bundled once, it starts in a fraction of the time that a loader takes. */
import {createHash} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {basename, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {buildSync} from 'esbuild';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const made = new Map<string, string>();

/** The module that does what `script` does, a path below `install`: in the same folder, so that it finds the same packages. */
export function bundled(script: string, install = repository): string {
  const path = join(install, script);
  const known = made.get(path) ?? join(bundle(script, install), 'script.js');
  made.set(path, known);
  return known;
}

/** A folder named for its content: whoever runs an earlier one, or bundles the same at once, is not disturbed. */
function bundle(script: string, install: string): string {
  const parent = join(install, 'dist.test');
  const {outputFiles} = buildSync({
    absWorkingDir: install,
    // Beside the script, as dist/ has it.
    entryPoints: {script, 'layer-worker': 'src/layer/worker.ts'},
    outdir: parent,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.17',
    external: ['koffi', 'zlib-sync'],
    // A UMD form looks its parts up where no bundler follows.
    mainFields: ['module', 'main'],
    write: false,
    logLevel: 'warning',
  });
  const hash = createHash('sha256');
  for (const {contents} of outputFiles) hash.update(contents);
  const folder = join(parent, `${basename(script, '.ts')}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(parent, {recursive: true});
  const draft = mkdtempSync(join(parent, 'draft-'));
  chmodSync(draft, 0o755);
  for (const {path, contents} of outputFiles) writeFileSync(join(draft, basename(path)), contents);
  try {
    renameSync(draft, folder);
  } catch {
    // Another test file was first.
    rmSync(draft, {recursive: true});
  }
  return folder;
}
