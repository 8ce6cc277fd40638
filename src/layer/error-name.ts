import {SystemCallError} from '../linux/errors.js';

/** The name of the errno behind a failure of node:fs or of a kernel call: `EEXIST`. */
export const errorName = (error: unknown): string | undefined =>
  error instanceof SystemCallError ? error.errno : (error as NodeJS.ErrnoException).code;

export const isTaken = (error: unknown): boolean => errorName(error) === 'EEXIST';
