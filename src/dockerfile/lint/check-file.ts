/** The rules that need nothing but the text: every stage, whether it is built or not. */
import type {Dockerfile} from '../stages.js';
import {checkConsistentInstructionCasing} from './consistent-instruction-casing.js';
import {checkDuplicateStageName} from './duplicate-stage-name.js';
import {checkFromAsCasing} from './from-as-casing.js';
import {checkInvalidDefinitionDescription} from './invalid-definition-description.js';
import {checkMaintainerDeprecated} from './maintainer-deprecated.js';
import {checkNoEmptyContinuation} from './no-empty-continuation.js';
import {checkReservedStageName} from './reserved-stage-name.js';
import type {Report} from './rule.js';
import {checkStageNameCasing} from './stage-name-casing.js';

export function checkFile(dockerfile: Dockerfile, report: Report): void {
  checkNoEmptyContinuation(dockerfile, report);
  checkStageNameCasing(dockerfile, report);
  checkFromAsCasing(dockerfile, report);
  checkInvalidDefinitionDescription(dockerfile, report);
  checkMaintainerDeprecated(dockerfile, report);
  checkReservedStageName(dockerfile, report);
  checkDuplicateStageName(dockerfile, report);
  checkConsistentInstructionCasing(dockerfile, report);
}
