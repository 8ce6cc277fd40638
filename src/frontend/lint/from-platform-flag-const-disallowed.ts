import type {LintRule, Report} from '../../dockerfile/lint/rule.js';
import {InvalidPlatformError} from '../../oci/errors.js';
import {type Platform, parsePlatform} from '../../oci/platform.js';
import type {StageExpansion} from './stage-expansion.js';

const rule: LintRule = {
  name: 'FromPlatformFlagConstDisallowed',
  description: 'FROM --platform flag should not use a constant value',
};

/** A stage whose name has the system or the architecture in it means to be of that one. */
export function checkFromPlatformFlagConstDisallowed(
  {from, platform}: StageExpansion,
  report: Report,
): void {
  if (platform === undefined || platform.used.size > 0 || platform.unset.size > 0) return;
  const parsed = platformOf(platform.text);
  const name = from.name ?? '';
  if (parsed === undefined || name.includes(parsed.os) || name.includes(parsed.architecture))
    return;
  report(rule, `FROM --platform flag should not use constant value "${platform.text}"`, from);
}

function platformOf(text: string): Platform | undefined {
  try {
    return parsePlatform(text);
  } catch (error) {
    if (error instanceof InvalidPlatformError) return undefined;
    throw error;
  }
}
