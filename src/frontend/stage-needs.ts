/** What stages name in FROM and COPY --from, not yet looked up. */
import type {Lines} from '../dockerfile/location.js';
import type {Stage, StageInstruction} from '../dockerfile/stages.js';
import type {Platform} from '../oci/platform.js';
import type {ImageReference} from './base-images.js';
import type {NamedContext, SourceContext} from './named-context.js';
import type {StageNames} from './stage-names.js';

export type Needed = {readonly lines: Lines} & (
  | {readonly kind: 'scratch'}
  | {readonly kind: 'stage'; readonly stage: Stage}
  /** `hint`: of more help than any other when the image cannot be had. */
  | {readonly kind: 'image'; readonly image: ImageReference; readonly hint?: string}
  | {readonly kind: 'context'; readonly context: SourceContext}
);

export function fromContext(
  context: NamedContext,
  {platform, lines}: {readonly platform: Platform; readonly lines: Lines},
): Needed {
  if (context.kind !== 'image') return {kind: 'context', context, lines};
  return imageOrScratch({reference: context.reference, platform}, lines);
}

export const imageOrScratch = (image: ImageReference, lines: Lines): Needed =>
  image.reference === 'scratch' ? {kind: 'scratch', lines} : {kind: 'image', image, lines};

/** Whether `stage` is, or stands on, or copies from `wanted`. */
export function needs(names: StageNames, stage: Stage, wanted: Stage): boolean {
  const seen = new Set([stage]);
  for (const each of seen) {
    const base = names.base(each.from.base, each);
    if (base !== undefined) seen.add(base);
    for (const {from, lines} of copies(each.instructions)) {
      const source = names.copied(from, each, lines);
      if (source !== undefined) seen.add(source);
    }
  }
  return seen.has(wanted);
}

/** The `from` of every COPY and of every mount. */
export const copies = (instructions: readonly StageInstruction[]): {from: string; lines: Lines}[] =>
  instructions.flatMap((each) =>
    fromsOf(each).flatMap((from) => (from === undefined ? [] : [{from, lines: each.lines}])),
  );

function fromsOf(instruction: StageInstruction): (string | undefined)[] {
  if (instruction.kind === 'run') return instruction.mounts.map(({from}) => from);
  return instruction.kind === 'copy' ? [instruction.from] : [];
}
