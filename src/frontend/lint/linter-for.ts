import {CheckOptionsError} from '../../dockerfile/errors.js';
import {parseCheckOptions} from '../../dockerfile/lint/check-options.js';
import {Linter} from '../../dockerfile/lint/linter.js';
import type {Dockerfile} from '../../dockerfile/stages.js';

/** With the options of the build arg, and without it those of `# check=`. Throws CheckOptionsError. */
export function linterFor(
  {check}: Pick<Dockerfile, 'check'>,
  buildArgs: Readonly<Record<string, string>>,
): Linter {
  const name = 'BUILDKIT_DOCKERFILE_CHECK';
  const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
  try {
    return new Linter(parseCheckOptions(given ?? check?.text ?? ''));
  } catch (error) {
    if (!(error instanceof CheckOptionsError)) throw error;
    if (given !== undefined) throw new CheckOptionsError(`build arg ${name}: ${error.message}`);
    const line = check?.line ?? 1;
    throw new CheckOptionsError(error.message, {first: line, last: line});
  }
}
