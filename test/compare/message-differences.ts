/** Whether two builders say the same of a mistake: the same line, and most words of the shorter message. */
import type {Difference} from './differences.js';
import type {Failure} from './side.js';

const ENOUGH = 0.5;

export function messageDifferences(tsbuild: Failure, buildkit: Failure): Difference[] {
  const line = tsbuild.line !== undefined && buildkit.line !== undefined;
  return [
    ...(line && tsbuild.line !== buildkit.line
      ? [{place: 'line', tsbuild: `${tsbuild.line}`, buildkit: `${buildkit.line}`}]
      : []),
    ...(likeness(tsbuild.message, buildkit.message) < ENOUGH
      ? [{place: 'message', tsbuild: tsbuild.message, buildkit: buildkit.message}]
      : []),
  ];
}

function likeness(left: string, right: string): number {
  const [ours, theirs] = [words(left), words(right)];
  const common = [...ours].filter((word) => theirs.has(word)).length;
  return common / Math.max(1, Math.min(ours.size, theirs.size));
}

/** Words that say something: not those that every failure has. */
const words = (message: string): Set<string> =>
  new Set(
    (message.toLowerCase().match(/[\w./-]{2,}/g) ?? []).filter(
      (word) => !/^(failed|to|solve|dockerfile|parse|error|on|line|the|is|of|in|\d+)$/.test(word),
    ),
  );
