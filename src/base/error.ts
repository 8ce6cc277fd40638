/**
 * The failures tsbuild reports on purpose. Anything else that reaches the top is a bug.
 *
 * code     stable and listed in the README; scripts match on it, never on the message
 * message  lower case, no full stop; names the thing (path, digest, line) that failed
 * hint     one imperative sentence the user can act on, or absent
 * cause    the error underneath, kept whole
 */
export abstract class TsbuildError extends Error {
  abstract readonly code: `E_${string}`;
  readonly hint: string | undefined;

  constructor(message: string, options: {cause?: unknown; hint?: string} = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause});
    this.name = new.target.name;
    this.hint = options.hint;
  }
}
