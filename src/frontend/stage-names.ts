/** Which stage a name or a number means. */
import type {Lines} from '../dockerfile/location.js';
import type {Dockerfile, Stage} from '../dockerfile/stages.js';
import {StageIndexError, TargetNotFoundError} from './errors.js';

/** The stage `--target` asks for: by name in any case, by number from 0; the last without one. */
export function targetStage({stages}: Dockerfile, target: string | undefined): Stage {
  const last = stages.at(-1);
  const wanted =
    target === undefined || target === ''
      ? last
      : (byName(stages, target) ?? byIndex(stages, target));
  if (wanted === undefined) {
    const names = stages.flatMap(({from}) => (from.name === undefined ? [] : [from.name]));
    throw new TargetNotFoundError(target ?? '', names);
  }
  return wanted;
}

/** The stage before `current` that FROM means; otherwise it means an image. */
export const baseStage = ({stages}: Dockerfile, base: string, current: Stage): Stage | undefined =>
  byName(stages.slice(0, current.index), base);

/** The stage COPY --from means, possibly one that is not there yet; otherwise it means an image. */
export function copySource(
  {stages}: Dockerfile,
  {from, current, lines}: {from: string; current: Stage; lines: Lines},
): Stage | undefined {
  if (/^\d+$/.test(from)) {
    const stage = byIndex(stages, from);
    if (stage === undefined) throw new StageIndexError(from, stages.length, {lines});
    return stage;
  }
  return byName(stages.slice(0, current.index), from) ?? byName(stages, from);
}

/** What messages and vertices call it. */
export const stageLabel = ({from, index}: Stage): string => from.name ?? `stage-${index}`;

/** Of two stages with one name the later counts. */
const byName = (stages: readonly Stage[], name: string): Stage | undefined =>
  stages.findLast(({from}) => from.name === name.toLowerCase());

const byIndex = (stages: readonly Stage[], text: string): Stage | undefined =>
  /^\d{1,6}$/.test(text) ? stages[Number(text)] : undefined;
