import {TsbuildError} from '../base/error.js';

/** No Dockerfile where one was looked for. */
export class NoDockerfileError extends TsbuildError {
  readonly code = 'E_NO_DOCKERFILE';

  constructor(path: string, cause?: unknown) {
    super(`failed to read dockerfile: open ${path}: no such file or directory`, {
      cause,
      hint: 'Name another with --file.',
    });
  }
}

/** The build context is not a directory that can be read. */
export class BuildContextError extends TsbuildError {
  readonly code = 'E_BUILD_CONTEXT';

  constructor(context: string, got: string) {
    super(`build context ${JSON.stringify(context)}: want a directory, got ${got}`, {
      hint: 'The last argument is the directory to build from, often `.`.',
    });
  }
}

/** `--build-context NAME=oci-layout://…` that leads to no image. */
export class LayoutImageError extends TsbuildError {
  readonly code = 'E_LAYOUT_IMAGE';

  constructor(address: string, problem: string) {
    super(`build context ${JSON.stringify(address)}: ${problem}`, {
      hint: 'Write oci-layout://DIRECTORY, and :NAME or @DIGEST of an image in it.',
    });
  }
}

/** Stdin can be read once. */
export class StdinTwiceError extends TsbuildError {
  readonly code = 'E_STDIN_TWICE';

  constructor() {
    super("can't use stdin for both build context and dockerfile", {
      hint: 'Put the Dockerfile into the archive, and name it with --file.',
    });
  }
}

/** What was asked for needs namespaces that this machine refuses. */
export class NoNamespacesError extends TsbuildError {
  readonly code = 'E_NO_NAMESPACES';

  constructor(what: string) {
    super(`${what} needs namespaces, and this process is in none`, {
      hint: 'Run `tsbuild doctor`: it says what is missing and the command that mends it.',
    });
  }
}

/** `check=error=true`, and the lint rules that were broken. */
export class LintViolationError extends TsbuildError {
  readonly code = 'E_LINT';

  constructor(rules: readonly string[]) {
    super(`lint violation found for rules: ${rules.join(', ')}`, {
      hint: 'The warnings say where; `# check=skip=RULE` leaves a rule out.',
    });
  }
}

/** A registry names what it holds by its bytes: a digest is a push's result. */
export class DigestPushError extends TsbuildError {
  readonly code = 'E_DIGEST_PUSH';

  constructor(reference: string) {
    super(`cannot push a digest reference: want NAME[:TAG], got ${reference}`, {
      hint: 'Give the image a name with "tsbuild tag", and push that.',
    });
  }
}

/** A flag whose value cannot be used. */
export class InvalidOptionError extends TsbuildError {
  readonly code = 'E_INVALID_OPTION';

  constructor(option: string, problem: string, cause?: unknown) {
    super(`invalid ${option}: ${problem}`, {cause});
  }
}

/** `-i -t` without a terminal to read from. */
export class NoTerminalError extends TsbuildError {
  readonly code = 'E_NO_TERMINAL';

  constructor() {
    super('the input device is not a TTY', {hint: 'Leave --tty or --interactive away.'});
  }
}

/** An image that is not removed without force. */
export class ImageInUseError extends TsbuildError {
  readonly code = 'E_IMAGE_IN_USE';

  constructor(image: string, user: string) {
    super(`cannot remove image ${image}: ${user}`, {hint: 'Remove it with --force.'});
  }
}

/** The process that did a call inside the namespaces ended before it answered. */
export class HostEndedError extends TsbuildError {
  readonly code = 'E_HOST_ENDED';

  constructor(exitCode: number | null) {
    super(
      `the process that worked in the namespaces ended without an answer, exit code ${exitCode}`,
    );
  }
}

/** An image that is here for other platforms only. */
export class NoSuchPlatformError extends TsbuildError {
  readonly code = 'E_NO_SUCH_PLATFORM';

  constructor(image: string, platform: string) {
    super(`image ${image} is not here for platform ${platform}`);
  }
}

/** The keys of `--ssh` could not be given to an agent. */
export class KeyAgentError extends TsbuildError {
  readonly code = 'E_SSH_KEYS';

  constructor(what: string, cause?: unknown) {
    super(`--ssh: ${what}`, {
      cause,
      hint: 'Install OpenSSH, or load the keys into an agent and give its socket.',
    });
  }
}

/** A layer that an image names is not here, and nobody who is known to have it gives it. */
export class LayerElsewhereError extends TsbuildError {
  readonly code = 'E_LAYER_ELSEWHERE';

  constructor(digest: string, cause: unknown) {
    super(`layer ${digest} is not here, and could not be fetched`, {
      cause,
      hint: 'Pull the image again.',
    });
  }
}

/** `docker login` without the means to ask. */
export class NoCredentialsError extends TsbuildError {
  readonly code = 'E_NO_CREDENTIALS';

  constructor(missing: string) {
    super(`no ${missing} given, and no terminal to ask on`, {
      hint: 'Give --username, and the password with --password-stdin.',
    });
  }
}

/** A name without any image of that repository here. */
export class NothingToPushError extends TsbuildError {
  readonly code = 'E_NOTHING_TO_PUSH';

  constructor(reference: string) {
    super(`an image does not exist locally with the tag: ${reference}`, {
      hint: `Build it, or give an image that name with "tsbuild tag".`,
    });
  }
}

/** More is in the context than `--budget` allows. */
export class ContextBudgetError extends TsbuildError {
  readonly code = 'E_CONTEXT_BUDGET';

  constructor(
    {limit, got}: {readonly limit: number; readonly got: number},
    suggestions: readonly {readonly pattern: string}[],
  ) {
    const patterns = suggestions.map(({pattern}) => pattern).join(', ');
    const hint = patterns === '' ? 'Ignore what is not copied.' : `Ignore ${patterns}.`;
    super(`context too large: want at most ${limit} bytes, got ${got}`, {hint});
  }
}
