/** Which stage a name or a number means. */
import type {Lines} from '../dockerfile/location.js';
import type {Stage} from '../dockerfile/stages.js';
import {StageIndexError, TargetNotFoundError} from './errors.js';

/** What messages and vertices call it. */
export const stageLabel = ({from, index}: Stage): string => from.name ?? `stage-${index}`;

export class StageNames {
  readonly #stages: readonly Stage[];
  /** Of several stages with one name, in order. */
  readonly #named = new Map<string, Stage[]>();

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
    for (const stage of stages) {
      const {name} = stage.from;
      if (name === undefined) continue;
      const others = this.#named.get(name);
      if (others === undefined) this.#named.set(name, [stage]);
      else others.push(stage);
    }
  }

  /** For hints: each name and the lines of its last stage. */
  get lines(): ReadonlyMap<string, Lines> {
    const last = [...this.#named].flatMap(([name, stages]) =>
      stages.slice(-1).map(({from}) => [name, from.lines] as const),
    );
    return new Map(last);
  }

  /** The stage `--target` asks for: by name in any case, by number from 0; the last without one. */
  target(wanted: string | undefined): Stage {
    const stage =
      wanted === undefined || wanted === ''
        ? this.#stages.at(-1)
        : (this.#byName(wanted) ?? this.#byIndex(wanted));
    if (stage === undefined) throw new TargetNotFoundError(wanted ?? '', [...this.#named.keys()]);
    return stage;
  }

  /** The stage before `current` that FROM means; otherwise it means an image. */
  base(base: string, current: Stage): Stage | undefined {
    return this.#byName(base, current);
  }

  /** The stage COPY --from means, possibly one that is not there yet; otherwise it means an image. */
  copied(from: string, current: Stage, lines: Lines): Stage | undefined {
    if (!/^\d+$/.test(from)) return this.#byName(from, current) ?? this.#byName(from);
    const stage = this.#byIndex(from);
    if (stage === undefined) throw new StageIndexError(from, this.#stages.length, {lines});
    return stage;
  }

  /** Of several stages with one name the last, or the last before another stage. */
  #byName(name: string, before?: Stage): Stage | undefined {
    const stages = this.#named.get(name.toLowerCase()) ?? [];
    if (before === undefined) return stages.at(-1);
    let low = 0;
    let high = stages.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((stages[middle]?.index ?? 0) < before.index) low = middle + 1;
      else high = middle;
    }
    return stages[low - 1];
  }

  #byIndex(text: string): Stage | undefined {
    return /^\d{1,7}$/.test(text) ? this.#stages[Number(text)] : undefined;
  }
}
