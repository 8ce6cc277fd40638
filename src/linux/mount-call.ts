import {lastErrno, libcFunction} from './libc.js';

const call = libcFunction(
  'int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)',
);

export interface MountRequest {
  readonly source: string;
  readonly target: string;
  readonly type?: string;
  /** MS_* of mount(2). */
  readonly flags?: number;
  readonly data?: string;
}

/** mount(2). Answers 0 or the errno. */
export function callMount({source, target, type, flags = 0, data}: MountRequest): number {
  return call(source, target, type ?? null, flags, data ?? null) === 0 ? 0 : lastErrno();
}
