import {TsbuildError} from '../base/error.js';
import {didYouMean} from './did-you-mean.js';
import type {Lines, TokenRange} from './location.js';

/** Where in the Dockerfile it is wrong; `token` when one word of those lines is to blame. */
export interface Place {
  readonly lines: Lines;
  readonly token?: TokenRange | undefined;
}

interface Details {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A failure with a place in the Dockerfile: what `source-frame` shows around. */
export abstract class DockerfileError extends TsbuildError {
  readonly lines: Lines;
  readonly token: TokenRange | undefined;

  constructor(message: string, place: Place, details: Details = {}) {
    super(message, details);
    this.lines = place.lines;
    this.token = place.token;
  }
}

const onLine = (place: Place, what: string): string =>
  `dockerfile parse error on line ${place.lines.first}: ${what}`;

/** The text is not a Dockerfile: a wrong argument count, a bad name, bad quoting. */
export class DockerfileParseError extends DockerfileError {
  readonly code = 'E_DOCKERFILE_PARSE';

  constructor(what: string, place: Place, hint?: string) {
    super(onLine(place, what), place, hint === undefined ? {} : {hint});
  }
}

/** The file ends before the line that ends a here-document. */
export class UnterminatedHereDocumentError extends DockerfileError {
  readonly code = 'E_DOCKERFILE_HERE_DOCUMENT';

  /** `nearly`: a line that would end it, but for blanks. */
  constructor(name: string, place: Place, nearly?: number) {
    const hint = `End it with a line that is ${name} and nothing else`;
    super(onLine(place, 'unterminated heredoc'), place, {
      hint: nearly === undefined ? `${hint}.` : `${hint}: line ${nearly} has blanks beside it.`,
    });
  }
}

export class UnknownInstructionError extends DockerfileError {
  readonly code = 'E_UNKNOWN_INSTRUCTION';

  /** `open`: what would have joined the line to the one above, where it may have been meant to go on. */
  constructor(got: string, place: Place, known: readonly string[], open?: string) {
    super(
      onLine(place, `unknown instruction: ${got}${didYouMean(got, known)}`),
      place,
      open === undefined ? {} : {hint: `If it goes on with the line above, end that with ${open}`},
    );
  }
}

export class UnknownFlagError extends DockerfileError {
  readonly code = 'E_UNKNOWN_FLAG';

  constructor(got: {keyword: string; flag: string}, place: Place, known: readonly string[]) {
    super(
      onLine(place, `${got.keyword}: unknown flag: --${got.flag}${suggestion(got.flag, known)}`),
      place,
    );
  }
}

const suggestion = (flag: string, known: readonly string[]): string =>
  didYouMean(flag, known).replace('mean ', 'mean --') || beginning(flag, known);

const beginning = (flag: string, known: readonly string[]): string => {
  const longer = flag === '' ? undefined : known.find((name) => name.startsWith(flag));
  return longer === undefined ? '' : ` (did you mean --${longer}?)`;
};

/** Docker's language has it, tsbuild has not. */
export class UnsupportedSyntaxError extends DockerfileError {
  readonly code = 'E_DOCKERFILE_UNSUPPORTED';

  constructor(what: string, place: Place) {
    super(onLine(place, `${what} is not supported by this version of tsbuild`), place);
  }
}

export class EmptyDockerfileError extends DockerfileError {
  readonly code = 'E_DOCKERFILE_EMPTY';

  constructor() {
    super('the Dockerfile cannot be empty', {lines: {first: 1, last: 1}});
  }
}

/** Only comments and blank lines. */
export class NoInstructionsError extends DockerfileError {
  readonly code = 'E_DOCKERFILE_NO_INSTRUCTIONS';

  constructor(lines: Lines) {
    super('file with no instructions', {lines}, {hint: 'Begin with FROM and a base image.'});
  }
}

export class LineTooLongError extends DockerfileError {
  readonly code = 'E_DOCKERFILE_LINE_TOO_LONG';

  constructor(line: number, limit: number) {
    super(`dockerfile line greater than max allowed size of ${limit}`, {
      lines: {first: line, last: line},
    });
  }
}

export class DockerfileTooLargeError extends DockerfileError {
  readonly code = 'E_DOCKERFILE_TOO_LARGE';

  constructor(got: number, limit: number) {
    super(`dockerfile of ${got} characters is larger than the ${limit} allowed`, {
      lines: {first: 1, last: 1},
    });
  }
}

/** `# check=`, or the build arg in its place, that cannot be read. Lines where it stands in the file. */
export class CheckOptionsError extends TsbuildError {
  readonly code = 'E_CHECK_OPTIONS';
  readonly lines: Lines | undefined;

  constructor(what: string, lines?: Lines) {
    super(what, {hint: 'Write skip=RULE,RULE;error=true;experimental=RULE, or skip=all.'});
    this.lines = lines;
  }
}

/** Quotes or braces that do not end, a bad substitution, or the word of `${x:?word}`. */
export class ExpansionError extends TsbuildError {
  readonly code = 'E_EXPANSION';
}

/** An ExpansionError with its place. */
export class InvalidWordError extends DockerfileError {
  readonly code = 'E_EXPANSION';

  constructor(word: string, place: Place, cause: ExpansionError) {
    const {hint} = cause;
    super(`failed to process ${JSON.stringify(shortened(word))}: ${cause.message}`, place, {
      cause,
      ...(hint === undefined ? {} : {hint}),
    });
  }
}

const shortened = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 200)}…`);
