/** `npm run build`: sources to dist/, in the order the steps need each other. `--no-types` skips the slow one. */
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Config} from '@oclif/core/config';
import {build} from 'esbuild';
import {lazyOclif} from './lazy-oclif.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** One file for each command and for what they share: a command loads what it uses. */
async function bundle() {
  rmSync(dist, {recursive: true, force: true});
  await build({
    absWorkingDir: root,
    entryPoints: {
      bin: 'src/bin.ts',
      main: 'src/main.ts',
      'command-classes': 'src/command-classes.ts',
      index: 'src/app/index.ts',
      'use-case-host': 'src/app/use-case-host.ts',
    },
    outdir: dist,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20.17',
    format: 'esm',
    // Not identifiers: stack traces name what failed.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // Native addons, and what oclif asks for only when it finds TypeScript plugins.
    external: ['koffi', 'zlib-sync', 'typescript'],
    plugins: [lazyOclif],
    banner: {
      js: "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}

/** Help is printed from this, so that describing a command does not load it. */
async function describeCommands() {
  const config = await Config.load({root: dist, pjson: manifest});
  const [plugin] = config.plugins.values();
  writeFileSync(join(dist, 'oclif.manifest.json'), JSON.stringify(plugin.manifest));
}

const run = (command, ...args) => execFileSync(command, args, {cwd: root, stdio: 'inherit'});

/** Packed in the launcher's place, where it is compiled on installing: starts Node and no namespace. */
function stand() {
  writeFileSync(
    join(dist, 'tsbuild'),
    '#!/bin/sh\nexec node "$(dirname "$(readlink -f "$0")")/bin.js" "$@"\n',
    {mode: 0o755},
  );
}

await bundle();
mkdirSync(dist, {recursive: true});
stand();
run('sh', 'src/linux/native/build.sh', 'dist/tsbuild');
await describeCommands();
if (!process.argv.includes('--no-types')) run('npx', 'tsc', '-p', '.config/tsconfig.types.json');
