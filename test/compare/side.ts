/** A builder as the comparison sees it. */
import type {ArchivedImage} from './archived-image.js';
import type {Warnings} from './warnings.js';

export interface BuildInput {
  readonly name: string;
  readonly dockerfile: string;
  readonly context: string;
  /** In the words both command lines share: `--target`, `--build-arg`, … */
  readonly flags: readonly string[];
}

export interface Failure {
  readonly message: string;
  /** First line of the frame that is shown with it. */
  readonly line: number | undefined;
}

export type Result = (
  | {readonly kind: 'image'; readonly image: ArchivedImage}
  | ({readonly kind: 'failure'} & Failure)
) & {
  readonly warnings: Warnings;
};

export interface Side {
  load(archive: string): Promise<void>;
  build(input: BuildInput): Promise<Result>;
}
