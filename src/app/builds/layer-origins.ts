/** Where the layers of an image come from, as far as builds are remembered: which step of which build, on which line. */
import type {BuildHistory} from '../../history/build-history.js';
import type {BuildRecord, StepRecord} from '../../history/build-record.js';
import type {Digest} from '../../oci/digest.js';

export interface LayerOrigin {
  /** Of the build. */
  readonly build: string;
  readonly dockerfile: string;
  /** As progress shows it: `[builder 2/5] RUN make`. */
  readonly step: string;
  readonly lines?: StepRecord['lines'];
  /** The step is the FROM whose image has the layer. */
  readonly isBase: boolean;
}

/** For each chainID, base first. Builds that made this very image come before others, newer before older. */
export function layerOrigins(
  {id, chain}: {readonly id: Digest; readonly chain: readonly Digest[]},
  history: BuildHistory,
): readonly (LayerOrigin | undefined)[] {
  const origins = new Array<LayerOrigin | undefined>(chain.length);
  const builds = [...history.list()];
  const own = builds.filter(({end}) => end?.imageID === id);
  for (const build of [...own, ...builds]) {
    if (!origins.includes(undefined)) break;
    fill(origins, chain, build);
  }
  return origins;
}

function fill(
  origins: (LayerOrigin | undefined)[],
  chain: readonly Digest[],
  build: BuildRecord,
): void {
  // The first that came to a root made it; those after it changed nothing.
  const steps = new Map<Digest | undefined, StepRecord>();
  for (const step of build.steps) if (!steps.has(step.chainID)) steps.set(step.chainID, step);
  let base: LayerOrigin | undefined;
  for (let index = chain.length - 1; index >= 0; index--) {
    const step = steps.get(chain[index]);
    const origin = step === undefined ? base : originOf(step, build);
    // A base image is looked up each time, and so has no key.
    if (origin?.isBase) base = origin;
    origins[index] ??= origin;
  }
}

const originOf = ({name, lines, key}: StepRecord, {id, dockerfile}: BuildRecord): LayerOrigin => ({
  build: id,
  dockerfile,
  step: name,
  ...(lines === undefined ? {} : {lines}),
  isBase: key === undefined,
});
