/** Errors across the boundary of a process: what callers tell apart survives, the class does not. */
import {TsbuildError} from '../../base/error.js';

export interface WireError {
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  /** Lines of the Dockerfile, where the failure has a place in it. */
  readonly lines: {readonly first: number; readonly last: number} | undefined;
  readonly stack: string | undefined;
  readonly cause: WireError | undefined;
}

/** A TsbuildError of another process: same code, message, hint and cause. */
export class UseCaseError extends TsbuildError {
  readonly code: `E_${string}`;
  readonly lines: WireError['lines'];

  constructor(code: `E_${string}`, wire: WireError) {
    const {message, hint, cause} = wire;
    super(message, {
      ...(hint === undefined ? {} : {hint}),
      ...(cause === undefined ? {} : {cause: fromWire(cause)}),
    });
    this.code = code;
    this.lines = wire.lines;
  }
}

export function toWire(error: unknown): WireError {
  if (!(error instanceof Error)) return {...nothing, message: String(error)};
  const {code, hint, lines, vertex} = error as Partial<UseCaseError> & {
    vertex?: {lines?: WireError['lines']};
  };
  return {
    code: typeof code === 'string' ? code : undefined,
    message: error.message,
    hint,
    lines: lines ?? vertex?.lines,
    stack: error.stack,
    cause: error.cause === undefined ? undefined : toWire(error.cause),
  };
}

export function fromWire(wire: WireError): Error {
  const {code, message, stack, cause} = wire;
  if (code?.startsWith('E_')) return new UseCaseError(code as `E_${string}`, wire);
  const error = new Error(message, cause === undefined ? {} : {cause: fromWire(cause)});
  if (stack !== undefined) error.stack = stack;
  return error;
}

const nothing = {
  code: undefined,
  hint: undefined,
  lines: undefined,
  stack: undefined,
  cause: undefined,
} as const;
