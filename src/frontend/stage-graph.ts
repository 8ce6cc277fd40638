/**
 * Which stages the target needs, what each stands on, and which ONBUILD triggers it runs first.
 *
 * Stages that are not reached are left alone: their FROM is not even expanded. Images are resolved in rounds, all of a
 * round at once: a second round comes only when ONBUILD triggers of the first name new stages or images.
 * Throws  CircularStageError, ForwardStageError, StageIndexError, NoExpansionError, BaseImageError, InvalidValueError.
 */
import {invariant} from '../base/bug.js';
import {mapLimit} from '../base/concurrency.js';
import type {Allowance} from '../dockerfile/allowance.js';
import {didYouMean} from '../dockerfile/did-you-mean.js';
import type {Expanded} from '../dockerfile/expand.js';
import type {OnbuildInstruction} from '../dockerfile/instruction.js';
import type {Lines} from '../dockerfile/location.js';
import {parseTrigger} from '../dockerfile/parse-instruction.js';
import type {Dockerfile, Stage, StageInstruction} from '../dockerfile/stages.js';
import {InvalidPlatformError} from '../oci/errors.js';
import {type Platform, parsePlatform} from '../oci/platform.js';
import {BaseImages, type ImageReference} from './base-images.js';
import {
  CircularStageError,
  ForwardStageError,
  InvalidValueError,
  NoExpansionError,
} from './errors.js';
import {expandAt} from './expansion.js';
import type {NamedContexts, SourceContext} from './named-context.js';
import type {ResolvedImage, ResolveImage} from './resolve-image.js';
import {type StageNames, stageLabel} from './stage-names.js';
import {copies, fromContext, imageOrScratch, type Needed, needs} from './stage-needs.js';

export type StageSource =
  | {readonly kind: 'scratch'}
  | {readonly kind: 'stage'; readonly stage: Stage}
  | {readonly kind: 'image'; readonly image: ImageReference; readonly resolved: ResolvedImage}
  | {readonly kind: 'context'; readonly context: SourceContext};

export interface ReachedStage {
  readonly stage: Stage;
  readonly platform: Platform;
  readonly base: StageSource;
  /** None where a context stands in for the stage. */
  readonly instructions: readonly StageInstruction[];
  readonly triggers: readonly StageInstruction[];
  /** By the text of `--from`. */
  readonly sources: ReadonlyMap<string, StageSource>;
}

export interface GraphInput {
  readonly dockerfile: Dockerfile;
  readonly names: StageNames;
  readonly globals: ReadonlyMap<string, string>;
  readonly platform: Platform;
  readonly contexts: NamedContexts;
  readonly resolveImage: ResolveImage;
  readonly allowance: Allowance;
}

/** In the order of the file: what a stage needs comes before it. */
export async function reachedStages(
  wanted: readonly Stage[],
  input: GraphInput,
): Promise<ReachedStage[]> {
  const graph = new StageGraph(input);
  for (const stage of wanted) graph.reach(stage);
  while (await graph.resolveRound()) graph.addTriggers();
  return graph.finished();
}

interface Draft {
  readonly stage: Stage;
  readonly platform: Platform;
  readonly base: Needed;
  readonly instructions: readonly StageInstruction[];
  triggers: readonly StageInstruction[] | undefined;
  readonly sources: Map<string, Needed>;
}

class StageGraph {
  readonly #input: GraphInput;
  readonly #images: BaseImages;
  readonly #drafts = new Map<number, Draft>();
  readonly #pending: Stage[] = [];

  constructor(input: GraphInput) {
    this.#input = input;
    this.#images = new BaseImages(input.resolveImage, input.names.lines);
  }

  /** Takes in the stage and all it needs. */
  reach(stage: Stage): void {
    this.#pending.push(stage);
    this.#takeInPending();
  }

  #takeInPending(): void {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      if (!this.#drafts.has(next.index)) this.#takeIn(next);
    }
  }

  #takeIn(stage: Stage): void {
    const platform = this.#platformOf(stage);
    const {contexts} = this.#input;
    const {name, lines} = stage.from;
    const replaced = contexts.find(name);
    const draft: Draft = {
      stage,
      platform,
      base: replaced ? fromContext(replaced, {platform, lines}) : this.#baseOf(stage, platform),
      instructions: replaced ? [] : stage.instructions,
      triggers: replaced ? [] : undefined,
      sources: new Map(),
    };
    this.#drafts.set(stage.index, draft);
    if (draft.base.kind === 'stage') this.#pending.push(draft.base.stage);
    this.#addSources(draft, draft.instructions);
  }

  /** Resolves what is not; false when there was nothing left to do. */
  async resolveRound(): Promise<boolean> {
    const drafts = [...this.#drafts.values()];
    const open = drafts
      .flatMap(({base, sources}) => [base, ...sources.values()])
      .filter((needed) => needed.kind === 'image')
      .filter(({image}) => !this.#images.has(image));
    const distinct = new Map(open.map((needed) => [JSON.stringify(needed.image), needed]));
    await mapLimit([...distinct.values()], 16, ({image, lines, hint}) =>
      this.#images.resolve(image, lines, hint),
    );
    return drafts.some(({triggers}) => triggers === undefined);
  }

  addTriggers(): void {
    for (const draft of [...this.#drafts.values()]) {
      if (draft.triggers !== undefined) continue;
      const {from} = draft.stage;
      draft.triggers = this.#triggerTexts(draft.base).map((text) => {
        const parsed = parseTrigger(text, from.lines);
        if (parsed.kind === 'from') throw new InvalidValueError('FROM in an ONBUILD trigger', from);
        return parsed;
      });
      this.#addSources(draft, draft.triggers);
    }
    this.#takeInPending();
  }

  finished(): ReachedStage[] {
    return [...this.#drafts.values()]
      .sort((left, right) => left.stage.index - right.stage.index)
      .map((draft) => ({
        stage: draft.stage,
        platform: draft.platform,
        base: this.#source(draft.base),
        instructions: draft.instructions,
        triggers: draft.triggers ?? [],
        sources: new Map(
          [...draft.sources].map(([from, needed]) => [from, this.#source(needed)] as const),
        ),
      }));
  }

  #platformOf({from}: Stage): Platform {
    if (from.platform === undefined) return this.#input.platform;
    const {text: name, unset} = this.#expanded(from.platform, from.lines);
    if (name === '') {
      const [missing = ''] = unset;
      const near = didYouMean(missing, this.#input.globals.keys());
      const what = `empty platform value from expression ${from.platform}${near}`;
      throw new InvalidValueError(what, from, 'Write --platform=os/architecture[/variant].');
    }
    try {
      return parsePlatform(name);
    } catch (error) {
      if (!(error instanceof InvalidPlatformError)) throw error;
      throw new InvalidValueError(
        `--platform=${from.platform}: ${error.message}`,
        from,
        error.hint,
      );
    }
  }

  #baseOf(stage: Stage, platform: Platform): Needed {
    const {base, lines} = stage.from;
    const {text: reference, unset} = this.#expanded(base, lines);
    if (reference === '') {
      throw new InvalidValueError(`base name (${base}) should not be blank`, stage.from);
    }
    const earlier = this.#input.names.base(reference, stage);
    if (earlier !== undefined) return {kind: 'stage', stage: earlier, lines};
    const context = this.#input.contexts.find(reference);
    if (context !== undefined) return fromContext(context, {platform, lines});
    const needed = imageOrScratch({reference, platform}, lines);
    const [missing] = unset;
    if (missing === undefined || needed.kind !== 'image') return needed;
    const hint = `${missing} is not set here: FROM sees the ARGs above the first FROM only.`;
    return {...needed, hint};
  }

  #addSources(draft: Draft, instructions: readonly StageInstruction[]): void {
    for (const {from, lines} of copies(instructions)) {
      if (draft.sources.has(from)) continue;
      const needed = this.#sourceOf(draft, from, lines);
      draft.sources.set(from, needed);
      if (needed.kind === 'stage') this.#pending.push(needed.stage);
    }
  }

  #sourceOf(draft: Draft, from: string, lines: Lines): Needed {
    if (from.includes('$')) throw new NoExpansionError({lines});
    const {names, contexts} = this.#input;
    const context = /^\d+$/.test(from) ? undefined : contexts.find(from);
    if (context !== undefined) return fromContext(context, {platform: draft.platform, lines});
    const stage = names.copied(from, draft.stage, lines);
    if (stage === undefined) {
      return imageOrScratch({reference: from, platform: draft.platform}, lines);
    }
    if (stage.index < draft.stage.index) return {kind: 'stage', stage, lines};
    const current = stageLabel(draft.stage);
    if (needs(names, stage, draft.stage)) throw new CircularStageError(current, {lines});
    throw new ForwardStageError(
      {wanted: from, current, definedOn: stage.from.lines.first},
      {lines},
    );
  }

  #triggerTexts(base: Needed): readonly string[] {
    if (base.kind === 'scratch' || base.kind === 'context') return [];
    if (base.kind === 'image') return this.#images.get(base.image)?.config.config.OnBuild ?? [];
    const instructions = this.#drafts.get(base.stage.index)?.instructions ?? [];
    return instructions
      .filter((instruction): instruction is OnbuildInstruction => instruction.kind === 'onbuild')
      .map(({trigger}) => trigger);
  }

  #source(needed: Needed): StageSource {
    if (needed.kind !== 'image') return needed;
    const resolved = this.#images.get(needed.image);
    invariant(resolved !== undefined, 'an image is used before it is resolved');
    return {kind: 'image', image: needed.image, resolved};
  }

  #expanded(word: string, lines: Lines): Expanded {
    const {globals, dockerfile, allowance} = this.#input;
    const lookup = (name: string): string | undefined => globals.get(name);
    return expandAt(word, {escape: dockerfile.escape, lookup, allowance}, lines);
  }
}
