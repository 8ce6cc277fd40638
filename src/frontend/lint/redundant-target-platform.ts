import type {LintRule, Report} from '../../dockerfile/lint/rule.js';
import type {StageExpansion} from './stage-expansion.js';

const rule: LintRule = {
  name: 'RedundantTargetPlatform',
  description:
    'Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior',
};

export function checkRedundantTargetPlatform(
  {from, platform}: StageExpansion,
  targetPlatform: string | undefined,
  report: Report,
): void {
  if (platform === undefined || platform.unset.size > 0 || platform.text !== targetPlatform) return;
  if (platform.used.size !== 1 || !platform.used.has('TARGETPLATFORM')) return;
  const message = `Setting platform to predefined ${from.platform} in FROM is redundant as this is the default behavior`;
  report(rule, message, from);
}
