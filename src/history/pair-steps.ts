/** Which step of one build was which step of another. */
import type {StepRecord} from './build-record.js';

export interface StepPair {
  /** Absent of a step that is new. */
  readonly was: StepRecord | undefined;
  /** Absent of a step that is gone. */
  readonly now: StepRecord | undefined;
}

/**
 * Equal instructions of a stage first, then those of one keyword in their order. In the order of the later build; a step that is
 * gone comes after the one it came after.
 */
export function pairSteps(
  before: readonly StepRecord[],
  after: readonly StepRecord[],
): readonly StepPair[] {
  const pairs = new Map<StepRecord, StepRecord>();
  const left = new Set(before);
  for (const likeness of [instructionOf, keywordOf]) {
    const free = queues([...left], likeness);
    for (const now of after) {
      const was = pairs.has(now) ? undefined : free.get(likeness(now))?.shift();
      if (was === undefined) continue;
      pairs.set(now, was);
      left.delete(was);
    }
  }
  const sorted = after.map((now): StepPair => ({was: pairs.get(now), now}));
  for (const gone of left) {
    const above = before[before.indexOf(gone) - 1];
    const at = sorted.findIndex(({was}) => was !== undefined && was === above);
    sorted.splice(at + 1, 0, {was: gone, now: undefined});
  }
  return sorted;
}

function queues(
  steps: readonly StepRecord[],
  likeness: (step: StepRecord) => string,
): Map<string, StepRecord[]> {
  const found = new Map<string, StepRecord[]>();
  for (const step of steps) {
    const key = likeness(step);
    found.set(key, [...(found.get(key) ?? []), step]);
  }
  return found;
}

/** `builder RUN make`, or `RUN make` where stages have no names: without the number, which other instructions change. */
export const instructionOf = ({name}: StepRecord): string =>
  name.replace(/^\[(\S+ )?\d+\/\d+\] /, (_, stage = '') => stage);

/** `builder RUN`. */
const keywordOf = ({name}: StepRecord): string =>
  name.replace(
    /^\[(\S+ )?\d+\/\d+\] (\S+)[\s\S]*$/,
    (_, stage = '', keyword = '') => stage + keyword,
  );
