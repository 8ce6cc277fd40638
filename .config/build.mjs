/** `npm run build`: sources to dist/, in the order the steps need each other. `--no-types` skips the slow one. */
import {execFileSync, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Config} from '@oclif/core/config';
import {build} from 'esbuild';
import {lazyOclif} from './lazy-oclif.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Built beside the one in use, which then makes room at once: a build never takes the tool away from who runs it. */
const final = join(root, 'dist');
const dist = join(root, 'dist.next');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.17',
  // Not identifiers: stack traces name what failed.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Native addons, and what oclif asks for only when it finds TypeScript plugins.
  external: ['koffi', 'zlib-sync', 'typescript'],
  // Its UMD form looks its parts up where no bundler follows.
  alias: {'jsonc-parser': 'jsonc-parser/lib/esm/main.js'},
  plugins: [lazyOclif],
  logLevel: 'warning',
};

const modules = {
  ...shared,
  format: 'esm',
  banner: {
    js: "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);",
  },
};

/**
 * The command line is one CommonJS file, which `bin` runs from a code cache; each command in it is evaluated when it
 * is called. The library, the process that works for it and the worker
 * threads are modules.
 */
async function bundle() {
  rmSync(dist, {recursive: true, force: true});
  await build({...shared, format: 'esm', entryPoints: {bin: 'src/bin.ts'}, outdir: dist});
  await build({
    ...shared,
    entryPoints: {main: 'src/main.ts'},
    outdir: dist,
    outExtension: {'.js': '.cjs'},
    format: 'cjs',
    define: {'import.meta.url': '$url'},
    banner: {js: "const $url=require('node:url').pathToFileURL(__filename).href;"},
  });
  keepASCII(join(dist, 'main.cjs'));
  await build({
    ...modules,
    entryPoints: {
      index: 'src/app/index.ts',
      'use-case-host': 'src/app/library/use-case-host.ts',
      'layer-worker': 'src/layer/worker.ts',
    },
    outdir: dist,
    splitting: true,
  });
}

/** esbuild leaves other characters in regular expressions alone, which may be escaped; V8 holds ASCII in half the memory. */
function keepASCII(path) {
  const escaped = readFileSync(path, 'utf8').replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(path, escaped);
}

/** Help is printed from this manifest, so that the commands need not be loaded to describe them. */
async function describeCommands() {
  const classes = join(dist, 'command-classes.js');
  await build({...modules, entryPoints: ['src/command-classes.ts'], outfile: classes});
  const config = await Config.load({root: dist, pjson: manifest});
  const [plugin] = config.plugins.values();
  writeFileSync(join(dist, 'oclif.manifest.json'), JSON.stringify(plugin.manifest));
  rmSync(classes);
}

const run = (command, ...args) => execFileSync(command, args, {cwd: root, stdio: 'inherit'});

/** By a run of most of the code: a build of one file. Where that cannot be, the first run fills it. */
function fillCodeCache() {
  const place = mkdtempSync(join(tmpdir(), 'tsbuild-build-'));
  try {
    writeFileSync(join(place, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    const build = ['build', '-q', `--root=${place}/store`, place];
    spawnSync(process.execPath, [join(dist, 'bin.js'), ...build], {stdio: 'ignore'});
  } finally {
    rmSync(place, {recursive: true, force: true});
  }
}

function replace() {
  const before = join(root, 'dist.before');
  rmSync(before, {recursive: true, force: true});
  if (existsSync(final)) renameSync(final, before);
  renameSync(dist, final);
  rmSync(before, {recursive: true, force: true});
}

await bundle();
run('sh', 'src/linux/native/build.sh', join(dist, 'tsbuild'));
await describeCommands();
fillCodeCache();
if (!process.argv.includes('--no-types')) {
  run('npx', 'tsc', '-p', '.config/tsconfig.types.json', '--outDir', join(dist, 'types'));
}
replace();
