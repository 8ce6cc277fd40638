/** The images a build starts from, each resolved once, all at the same time. */
import {TsbuildError} from '../base/error.js';
import {nearest} from '../dockerfile/did-you-mean.js';
import type {Lines} from '../dockerfile/location.js';
import {formatPlatform, type Platform} from '../oci/platform.js';
import {BaseImageError} from './errors.js';
import type {ResolvedImage, ResolveImage} from './resolve-image.js';

export interface ImageReference {
  readonly reference: string;
  readonly platform: Platform;
}

export class BaseImages {
  readonly #resolve: ResolveImage;
  readonly #stageNames: ReadonlyMap<string, Lines>;
  readonly #resolved = new Map<string, ResolvedImage>();

  /** `stageNames`: for the hint when a stage was meant. */
  constructor(resolve: ResolveImage, stageNames: ReadonlyMap<string, Lines>) {
    this.#resolve = resolve;
    this.#stageNames = stageNames;
  }

  has(image: ImageReference): boolean {
    return this.#resolved.has(keyOf(image));
  }

  get(image: ImageReference): ResolvedImage | undefined {
    return this.#resolved.get(keyOf(image));
  }

  /** `hint`: before any other. Throws BaseImageError. */
  async resolve(image: ImageReference, lines: Lines, hint?: string): Promise<void> {
    try {
      const resolved = await this.#resolve(image.reference, image.platform);
      this.#resolved.set(keyOf(image), resolved);
    } catch (cause) {
      if (!(cause instanceof TsbuildError)) throw cause;
      const meant = hint ?? this.#meant(image.reference);
      throw new BaseImageError(
        image.reference,
        {lines},
        {cause, ...(meant === undefined ? {} : {meant})},
      );
    }
  }

  #meant(reference: string): string | undefined {
    const name = nearest(reference, this.#stageNames.keys());
    const lines = name === undefined ? undefined : this.#stageNames.get(name);
    if (lines === undefined) return undefined;
    return name === reference.toLowerCase()
      ? `A stage of that name begins later, on line ${lines.first}: move it up.`
      : `Did you mean the stage ${name} of line ${lines.first}?`;
  }
}

const keyOf = ({reference, platform}: ImageReference): string =>
  `${reference} ${formatPlatform(platform)}`;
