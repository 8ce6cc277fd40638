/**
 * The entry: runs the bundle beside it, `main.cjs`, from V8's cache of its compiled code.
 *
 * Compiling is half of what a small command takes over bare Node. The cache is made at the end of the first run that
 * finds none or one of another Node (V8 checks: version, flags, length of the source), where this folder can be
 * written. It holds what that run compiled; the rest is compiled when it is called.
 */
// Not imported: a named import of node:fs loads all that it exports, streams and promises too.
const {accessSync, constants, readFileSync, renameSync, writeFileSync} =
  process.getBuiltinModule('node:fs');
const {createRequire} = process.getBuiltinModule('node:module');
const {dirname, join} = process.getBuiltinModule('node:path');
const {fileURLToPath} = process.getBuiltinModule('node:url');
const {Script, constants: vm} = process.getBuiltinModule('node:vm');

const folder = dirname(fileURLToPath(import.meta.url));
const filename = join(folder, 'main.cjs');
const cache = join(folder, `code-cache-${process.version}-${process.arch}`);

const cachedData = readCache();
// The bundler writes ASCII alone, which V8 need not decode.
const script = new Script(
  `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, 'latin1')}\n})`,
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

export {};
