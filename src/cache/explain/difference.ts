import type {Digest} from '../../oci/digest.js';

/** One ingredient of a key that is not what it was. */
export type Difference =
  | {readonly kind: 'command'; readonly was: readonly string[]; readonly now: readonly string[]}
  /** Of ENV or a declared ARG; absent where it was or is not set. */
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly was: string | undefined;
      readonly now: string | undefined;
    }
  /** Any other member of the op, by its name there. */
  | {
      readonly kind: 'option';
      readonly name: string;
      readonly was: string | undefined;
      readonly now: string | undefined;
    }
  | FileDifference
  /** What is selected differs in what ingredients do not show: extended attributes. */
  | {readonly kind: 'attributes'}
  /** A root that the step stands on or reads whole; names as the builds gave them. */
  | {
      readonly kind: 'input';
      readonly name: string;
      readonly previousName: string;
      readonly was: Digest | null;
      readonly now: Digest | null;
    };

export interface FileDifference {
  readonly kind: 'file';
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Of a changed file: what differs. */
  readonly aspects: readonly {
    readonly name: 'type' | 'content' | 'mode' | 'owner';
    readonly was: string;
    readonly now: string;
  }[];
}
