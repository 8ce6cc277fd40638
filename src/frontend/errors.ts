import {TsbuildError} from '../base/error.js';
import {didYouMean} from '../dockerfile/did-you-mean.js';
import {DockerfileError, type Place} from '../dockerfile/errors.js';

/** `--target` names no stage. */
export class TargetNotFoundError extends TsbuildError {
  readonly code = 'E_TARGET_NOT_FOUND';

  constructor(target: string, names: readonly string[]) {
    super(`target stage ${JSON.stringify(target)} could not be found${didYouMean(target, names)}`, {
      hint:
        names.length === 0
          ? 'Name a stage with FROM image AS name.'
          : `Take one of: ${names.join(', ')}.`,
    });
  }
}

/** Stages that need each other. */
export class CircularStageError extends DockerfileError {
  readonly code = 'E_STAGE_CIRCULAR';

  constructor(stage: string, place: Place) {
    super(`circular dependency detected on stage: ${stage}`, place);
  }
}

/** COPY --from names a stage that comes later. */
export class ForwardStageError extends DockerfileError {
  readonly code = 'E_STAGE_FORWARD';

  constructor(stages: {wanted: string; current: string; definedOn: number}, place: Place) {
    super(
      `cannot copy from stage ${JSON.stringify(stages.wanted)}, it needs to be defined before current stage ${JSON.stringify(stages.current)}`,
      place,
      {hint: `Move the stage of line ${stages.definedOn} up.`},
    );
  }
}

/** COPY --from=N where there is no stage N. */
export class StageIndexError extends DockerfileError {
  readonly code = 'E_STAGE_INDEX';

  constructor(index: string, count: number, place: Place) {
    const known = count === 1 ? 'the only stage is 0' : `stages are 0 to ${count - 1}`;
    super(`invalid stage index ${index}: ${known}`, place);
  }
}

/** The image behind a FROM or COPY --from could not be had; the cause says why. */
export class BaseImageError extends DockerfileError {
  readonly code = 'E_BASE_IMAGE';

  /** `meant`: a better hint than the cause's, when a stage was meant. */
  constructor(reference: string, place: Place, details: {cause: TsbuildError; meant?: string}) {
    const {cause, meant = cause.hint} = details;
    const hint = meant === undefined ? {} : {hint: meant};
    super(`${reference}: ${cause.message}`, place, {cause, ...hint});
  }
}

/** A value that is known only after expansion, and is none of those the instruction takes. */
export class InvalidValueError extends DockerfileError {
  readonly code = 'E_INVALID_VALUE';

  constructor(what: string, place: Place, hint?: string) {
    super(what, place, hint === undefined ? {} : {hint});
  }
}

/** `variable expansion is not supported` where docker expands nothing. */
export class NoExpansionError extends DockerfileError {
  readonly code = 'E_NO_EXPANSION';

  constructor(place: Place) {
    super('variable expansion is not supported for --from', place, {
      hint: 'Define a stage with FROM and an ARG before the first FROM, and copy from that stage.',
    });
  }
}

/** A RUN wants what `--allow` has not granted: the host's network, or no sandbox. */
export class EntitlementError extends DockerfileError {
  readonly code = 'E_ENTITLEMENT';

  constructor(entitlement: string, place: Place) {
    super(`the step needs the entitlement ${entitlement}, which is not granted`, place, {
      hint: `Add --allow ${entitlement} to the command.`,
    });
  }
}

/** SOURCE_DATE_EPOCH, of the environment or a build arg, is no time. */
export class SourceDateEpochError extends TsbuildError {
  readonly code = 'E_SOURCE_DATE_EPOCH';

  constructor(got: string) {
    super(SourceDateEpochError.messageFor(got), {
      hint: 'Set it to what `git log -1 --format=%ct` prints.',
    });
  }

  static messageFor(got: string): string {
    return `invalid SOURCE_DATE_EPOCH: want seconds since 1970, got ${JSON.stringify(got)}`;
  }
}
