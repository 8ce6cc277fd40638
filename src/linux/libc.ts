/**
 * Functions of the C library, declared when they are first called: loading koffi costs 10 ms, a declaration 0.1 ms.
 *
 * A call is synchronous and costs about 0.3 µs over the system call. Paths are text or bytes; bytes end in a NUL.
 */
import {createRequire} from 'node:module';
import type Koffi from 'koffi';
import {SystemCallError} from './errors.js';

type Library = ReturnType<typeof Koffi.load>;

let koffi: typeof Koffi | undefined;
let library: Library | undefined;

function load(): Library {
  if (library !== undefined) return library;
  const require = createRequire(import.meta.url);
  koffi = require('koffi') as typeof Koffi;
  library = koffi.load(null);
  return library;
}

export type NativeFunction = (...values: unknown[]) => number;

/** A function by its C prototype, with koffi's type names; `long` results must be safe integers. */
export function libcFunction(prototype: string): NativeFunction {
  let bound: NativeFunction | undefined;
  return (...values) => {
    bound ??= load().func(prototype) as NativeFunction;
    return bound(...values);
  };
}

/** syscall(2) with the types of the arguments after the number: for what the C library has no function for. */
export function systemCall(number: number, types: readonly string[]): NativeFunction {
  let bound: NativeFunction | undefined;
  return (...values) => {
    bound ??= load().func('syscall', 'long', ['long', ...types]) as NativeFunction;
    return bound(number, ...values);
  };
}

/** errno of the last call that failed. */
export function lastErrno(): number {
  return koffi === undefined ? 0 : koffi.errno();
}

/** The result, or the failure as an error that names the call. */
export function checked(result: number, syscall: string, values: readonly unknown[]): number {
  if (result !== -1) return result;
  throw new SystemCallError({syscall, arguments: values, errno: lastErrno()});
}
