/**
 * The entry: turns on V8's cache of compiled code, where Node has it (22.1), before anything else is loaded.
 *
 * The cache lies beside the bundle, where the build has filled it; where it cannot be written it is only read.
 */
import module from 'node:module';
import {fileURLToPath} from 'node:url';

const {enableCompileCache} = module as {enableCompileCache?: (directory: string) => unknown};
enableCompileCache?.(fileURLToPath(new URL('compile-cache', import.meta.url)));
await import('./main.js');
