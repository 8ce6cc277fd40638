/** The rules about FROM that need values: every stage, whether it is built or not. */
import {InvalidWordError} from '../../dockerfile/errors.js';
import type {Report} from '../../dockerfile/lint/rule.js';
import type {Dockerfile} from '../../dockerfile/stages.js';
import {globalArgs} from '../global-args.js';
import {checkFromPlatformFlagConstDisallowed} from './from-platform-flag-const-disallowed.js';
import {checkInvalidDefaultArgInFrom} from './invalid-default-arg-in-from.js';
import {checkRedundantTargetPlatform} from './redundant-target-platform.js';
import {expandFrom} from './stage-expansion.js';
import {checkUndefinedArgInFrom} from './undefined-arg-in-from.js';

export interface GlobalValues {
  readonly predefined: ReadonlyMap<string, string>;
  /** With build args. */
  readonly globals: ReadonlyMap<string, string>;
}

export function checkFroms(
  dockerfile: Dockerfile,
  {predefined, globals}: GlobalValues,
  report: Report,
): void {
  const defaults = defaultArgs(dockerfile, predefined);
  const names = dockerfile.globalArgs.flatMap(({args}) => args.map(({key}) => key));
  const declared = new Set([...names, ...globals.keys()]);
  for (const {from} of dockerfile.stages) {
    const plain = defaults && expandFrom(from, defaults, dockerfile.escape);
    if (plain !== undefined) checkInvalidDefaultArgInFrom(plain, report);
    const expanded = expandFrom(from, globals, dockerfile.escape);
    if (expanded === undefined) continue;
    checkUndefinedArgInFrom(expanded, declared, report);
    checkRedundantTargetPlatform(expanded, globals.get('TARGETPLATFORM'), report);
    checkFromPlatformFlagConstDisallowed(expanded, report);
  }
}

/** As if no build arg were given; undefined when a default needs one. */
function defaultArgs(
  dockerfile: Dockerfile,
  predefined: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> | undefined {
  try {
    return globalArgs(dockerfile, new Map(), predefined);
  } catch (error) {
    if (error instanceof InvalidWordError) return undefined;
    throw error;
  }
}
