/**
 * The entry: runs the bundle beside it, `main.cjs`, from V8's cache of its compiled code.
 *
 * Compiling is half of what a small command takes over bare Node. The cache is made at the end of the first run that
 * finds none or one of another Node (V8 checks: version, flags, length of the source), where this folder can be
 * written. It holds what that run compiled; the rest is compiled when it is called.
 */
import {accessSync, constants, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Script, constants as vm} from 'node:vm';

const folder = dirname(fileURLToPath(import.meta.url));
const filename = join(folder, 'main.cjs');
const cache = join(folder, `code-cache-${process.version}-${process.arch}`);

const cachedData = readCache();
const script = new Script(
  `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, 'utf8')}\n})`,
  {
    filename,
    importModuleDynamically: vm.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === undefined ? {} : {cachedData}),
  },
);
if (cachedData === undefined || script.cachedDataRejected) process.once('exit', writeCache);
const main = {exports: {}};
script.runInThisContext()(main.exports, createRequire(filename), main, filename, folder);

function readCache(): Buffer | undefined {
  try {
    return readFileSync(cache);
  } catch {
    return undefined;
  }
}

function writeCache(): void {
  try {
    accessSync(folder, constants.W_OK);
    const draft = `${cache}.${process.pid}`;
    writeFileSync(draft, script.createCachedData());
    renameSync(draft, cache);
  } catch {
    // Another user's folder, or a full disk: the next run compiles again.
  }
}
