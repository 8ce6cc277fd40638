import {TsbuildError} from '../base/error.js';

/** What was typed cannot be understood: exit code 125. */
export class UsageError extends TsbuildError {
  readonly code: `E_${string}` = 'E_USAGE';
}

/** A signal ended the command: exit code 128 and the signal's number. */
export class InterruptedError extends TsbuildError {
  readonly code = 'E_INTERRUPTED';
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`interrupted by ${signal}`);
    this.exitCode = exitCode;
  }
}

/** A `--format` that is not in the subset of Go templates understood here. */
export class FormatError extends UsageError {
  override readonly code = 'E_FORMAT';

  constructor(template: string, problem: string) {
    super(`cannot read the format ${JSON.stringify(template)}: ${problem}`, {
      hint: "Use 'json', 'table …' or a template like '{{.Repository}}:{{.Tag}}'.",
    });
  }
}

/** A `--filter` that is not KEY=VALUE, or whose key this listing does not know. */
export class FilterError extends UsageError {
  override readonly code = 'E_FILTER';

  constructor(filter: string, known: readonly string[]) {
    super(
      `invalid filter ${JSON.stringify(filter)}: want KEY=VALUE with KEY one of ${known.join(', ')}`,
    );
  }
}

/** Bytes of an archive would go to a terminal. */
export class TerminalOutputError extends UsageError {
  override readonly code = 'E_TERMINAL_OUTPUT';

  constructor() {
    super('refusing to write an archive to a terminal', {
      hint: 'Name a file with --output, or redirect stdout.',
    });
  }
}

/** What a command has to say cannot be written where it was sent: a full disk, mostly. */
export class OutputLostError extends TsbuildError {
  readonly code = 'E_OUTPUT_LOST';

  constructor(stream: 'stdout' | 'stderr', cause: Error) {
    super(`cannot write to ${stream}: ${cause.message}`, {cause});
  }
}
