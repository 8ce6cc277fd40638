/** The rules about FROM that need values: every stage, whether it is built or not. */
import type {Allowance} from '../../dockerfile/allowance.js';
import {InvalidWordError} from '../../dockerfile/errors.js';
import type {Report} from '../../dockerfile/lint/rule.js';
import type {Dockerfile} from '../../dockerfile/stages.js';
import {globalArgs} from '../global-args.js';
import {NAME_COST} from '../instruction-cost.js';
import {checkFromPlatformFlagConstDisallowed} from './from-platform-flag-const-disallowed.js';
import {checkInvalidDefaultArgInFrom} from './invalid-default-arg-in-from.js';
import {checkRedundantTargetPlatform} from './redundant-target-platform.js';
import {expandFrom} from './stage-expansion.js';
import {checkUndefinedArgInFrom} from './undefined-arg-in-from.js';

export interface GlobalValues {
  readonly predefined: ReadonlyMap<string, string>;
  /** With build args. */
  readonly globals: ReadonlyMap<string, string>;
  readonly allowance: Allowance;
}

export function checkFroms(
  dockerfile: Dockerfile,
  {predefined, globals, allowance}: GlobalValues,
  report: Report,
): void {
  const defaults = defaultArgs(dockerfile, {predefined, allowance});
  const names = dockerfile.globalArgs.flatMap(({args}) => args.map(({key}) => key));
  const declared = new Set([...names, ...globals.keys()]);
  const rest = {escape: dockerfile.escape, allowance};
  for (const {from} of dockerfile.stages) {
    const plain = defaults && expandFrom(from, defaults, rest);
    if (plain !== undefined) checkInvalidDefaultArgInFrom(plain, report);
    const expanded = expandFrom(from, globals, rest);
    if (expanded === undefined) continue;
    if (expanded.base.unset.size > 0) allowance.take(declared.size * NAME_COST);
    checkUndefinedArgInFrom(expanded, declared, report);
    checkRedundantTargetPlatform(expanded, globals.get('TARGETPLATFORM'), report);
    checkFromPlatformFlagConstDisallowed(expanded, report);
  }
}

/** As if no build arg were given; undefined when a default needs one. */
function defaultArgs(
  dockerfile: Dockerfile,
  given: Omit<GlobalValues, 'globals'>,
): ReadonlyMap<string, string> | undefined {
  try {
    return globalArgs(dockerfile, new Map(), given);
  } catch (error) {
    if (error instanceof InvalidWordError) return undefined;
    throw error;
  }
}
