/** What an image may waste before a pipeline stops: dive's three rules, with its names and its defaults. */
import type {Waste} from '../../layer/inspect/waste.js';

/** Absent: any is good. */
export interface WasteLimits {
  /** From 0 to 1. */
  readonly lowestEfficiency?: number;
  readonly highestWastedBytes?: number;
  /** From 0 to 1. */
  readonly highestUserWastedPercent?: number;
}

export interface WasteCheck {
  readonly rule: keyof WasteLimits;
  readonly limit: number;
  readonly got: number;
  readonly passed: boolean;
}

export function checkWaste(waste: Waste, limits: WasteLimits): readonly WasteCheck[] {
  const {lowestEfficiency, highestWastedBytes, highestUserWastedPercent} = limits;
  const {efficiency, wastedBytes, userWastedPercent} = waste;
  return [
    ...check('lowestEfficiency', lowestEfficiency, {got: efficiency, worse: -1}),
    ...check('highestWastedBytes', highestWastedBytes, {got: wastedBytes, worse: 1}),
    ...check('highestUserWastedPercent', highestUserWastedPercent, {
      got: userWastedPercent,
      worse: 1,
    }),
  ];
}

function check(
  rule: WasteCheck['rule'],
  limit: number | undefined,
  {got, worse}: {readonly got: number; readonly worse: 1 | -1},
): WasteCheck[] {
  if (limit === undefined) return [];
  return [{rule, limit, got, passed: (got - limit) * worse <= 0}];
}
