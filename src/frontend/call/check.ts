/** `--check`: every rule over every stage that could be built, and what would stop the build. Nothing is built or read. */
import {TsbuildError} from '../../base/error.js';
import type {LintWarning} from '../../dockerfile/lint/rule.js';
import {parseDockerfile} from '../../dockerfile/stages.js';
import {linterFor} from '../lint/linter-for.js';
import {evaluate, type LowerInput} from '../lower.js';

export interface Checked {
  readonly warnings: readonly LintWarning[];
  /** As of a BuildDefinition. */
  readonly violations: readonly string[];
  /** Why there can be no build; the warnings are those found before it. */
  readonly failure?: TsbuildError;
}

/** Without a target, all stages are looked at. */
export async function checkDockerfile(input: LowerInput): Promise<Checked> {
  let linter: ReturnType<typeof linterFor> | undefined;
  let failure: TsbuildError | undefined;
  try {
    const dockerfile = parseDockerfile(input.text);
    linter = linterFor(dockerfile, input.buildArgs);
    await evaluate(dockerfile, {...input, linter, allStages: input.target === undefined});
  } catch (error) {
    if (!(error instanceof TsbuildError)) throw error;
    failure = error;
  }
  const {warnings = [], fatal = []} = linter ?? {};
  return {warnings, violations: fatal, ...(failure === undefined ? {} : {failure})};
}
