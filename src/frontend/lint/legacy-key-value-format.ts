import type {PairsInstruction} from '../../dockerfile/instruction.js';
import {keywordOf} from '../../dockerfile/lint/casing.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';

const rule: LintRule = {
  name: 'LegacyKeyValueFormat',
  description: 'Legacy key/value format with whitespace separator should not be used',
};

export function checkLegacyKeyValueFormat(instruction: PairsInstruction, report: Report): void {
  if (!instruction.legacy) return;
  const keyword = keywordOf(instruction);
  const message = `"${keyword} key=value" should be used instead of legacy "${keyword} key value" format`;
  report(rule, message, instruction);
}
