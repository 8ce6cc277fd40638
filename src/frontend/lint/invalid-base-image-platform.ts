import type {FromInstruction} from '../../dockerfile/instruction.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';
import {formatPlatform, type Platform} from '../../oci/platform.js';

const rule: LintRule = {
  name: 'InvalidBaseImagePlatform',
  description: 'Base image platform does not match expected target platform',
};

/** `actual`: what the config of the image says. */
export function checkInvalidBaseImagePlatform(
  from: FromInstruction,
  {reference, expected, actual}: {reference: string; expected: Platform; actual: Platform},
  report: Report,
): void {
  if (expected.os === actual.os && expected.architecture === actual.architecture) return;
  const message = `Base image ${reference} was pulled with platform "${formatPlatform(actual)}", expected "${formatPlatform(expected)}" for current build`;
  report(rule, message, from);
}
