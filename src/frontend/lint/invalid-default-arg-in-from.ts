import type {LintRule, Report} from '../../dockerfile/lint/rule.js';
import {InvalidReferenceError} from '../../oci/errors.js';
import {parseReference} from '../../oci/reference.js';
import type {StageExpansion} from './stage-expansion.js';

const rule: LintRule = {
  name: 'InvalidDefaultArgInFrom',
  description: 'Default value for global ARG results in an empty or invalid base image name',
};

/** `stage` is expanded without any build arg. A base without a variable has no default to blame. */
export function checkInvalidDefaultArgInFrom({from, base}: StageExpansion, report: Report): void {
  if (base.used.size + base.unset.size === 0 && base.text === from.base) return;
  if (isReference(base.text)) return;
  const message = `Default value for ARG ${from.base} results in empty or invalid base image name`;
  report(rule, message, from);
}

function isReference(text: string): boolean {
  try {
    parseReference(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidReferenceError) return false;
    throw error;
  }
}
