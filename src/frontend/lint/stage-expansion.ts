import type {Allowance} from '../../dockerfile/allowance.js';
import {ExpansionError} from '../../dockerfile/errors.js';
import {type Expanded, expand} from '../../dockerfile/expand.js';
import type {FromInstruction} from '../../dockerfile/instruction.js';

/** A FROM with its variables replaced, and which they were. */
export interface StageExpansion {
  readonly from: FromInstruction;
  readonly base: Expanded;
  readonly platform: Expanded | undefined;
}

/** Undefined when it cannot be expanded: the build says so if it gets there. */
export function expandFrom(
  from: FromInstruction,
  values: ReadonlyMap<string, string>,
  rest: {escape: '\\' | '`'; allowance: Allowance},
): StageExpansion | undefined {
  const options = {...rest, lookup: (name: string) => values.get(name)};
  try {
    return {
      from,
      base: expand(from.base, options),
      platform: from.platform === undefined ? undefined : expand(from.platform, options),
    };
  } catch (error) {
    if (error instanceof ExpansionError) return undefined;
    throw error;
  }
}
