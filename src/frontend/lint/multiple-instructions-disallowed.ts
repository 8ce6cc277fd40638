import {keywordOf} from '../../dockerfile/lint/casing.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';
import type {StageInstruction} from '../../dockerfile/stages.js';

const rule: LintRule = {
  name: 'MultipleInstructionsDisallowed',
  description: 'Multiple instructions of the same type should not be used in the same stage',
};

const once = new Set(['cmd', 'entrypoint', 'healthcheck']);

/** Reported where the one stands that another overrides; ONBUILD triggers of the base count. */
export function checkMultipleInstructionsDisallowed(
  instructions: readonly StageInstruction[],
  report: Report,
): void {
  const last = new Map<string, StageInstruction>();
  for (const instruction of instructions) {
    if (!once.has(instruction.kind)) continue;
    const before = last.get(instruction.kind);
    last.set(instruction.kind, instruction);
    if (before === undefined) continue;
    const message = `Multiple ${keywordOf(instruction)} instructions should not be used in the same stage because only the last one will be used`;
    report(rule, message, {lines: before.lines, comments: instruction.comments});
  }
}
