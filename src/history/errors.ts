import {TsbuildError} from '../base/error.js';

/** No build has this id, prefix or image */
export class NoSuchBuildError extends TsbuildError {
  readonly code = 'E_NO_SUCH_BUILD';

  constructor(query: string) {
    super(`no such build: ${query}`, {hint: 'List the builds with `tsbuild builds`.'});
  }
}

/** A prefix fits several builds */
export class AmbiguousBuildError extends TsbuildError {
  readonly code = 'E_AMBIGUOUS_BUILD';

  constructor(query: string, matches: readonly string[]) {
    super(`build ${query} is ambiguous: ${matches.join(', ')}`, {hint: 'Type more of the id.'});
  }
}

/** A build has no such step */
export class NoSuchStepError extends TsbuildError {
  readonly code = 'E_NO_SUCH_STEP';

  constructor(step: string, build: string) {
    super(`build ${build} has no step ${step}`, {
      hint: `List its steps with \`tsbuild builds inspect ${build}\`.`,
    });
  }
}

/** A build is compared with the one before it, and there is none of its project */
export class NoEarlierBuildError extends TsbuildError {
  readonly code = 'E_NO_EARLIER_BUILD';

  constructor(build: string, project: string) {
    super(`build ${build} is the first of project ${project}`, {
      hint: 'Name the two builds to compare: `tsbuild builds diff FIRST SECOND`.',
    });
  }
}
