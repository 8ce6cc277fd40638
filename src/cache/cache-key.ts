/**
 * The two keys of a step.
 *
 *   definition key = sha256(op, definition keys of the inputs, digest of what a context copy selects)
 *   content key    = sha256(op, content of what the op consumes of each input)
 *
 * The first costs no look at any file system and is tried first; the second still hits when an input was made
 * another way and came out the same. Times never count, nor host paths: they are in no op. Where the files that an op
 * reads are counted, the paths they were read from are not, so that a directory may move.
 *
 * Source  BuildKit's docs/dev/solver.md, which describes the same two passes.
 */
import {canonicalJSON} from '../base/canonical-json.js';
import {countedOp, withoutPlaces} from '../graph/counted-op.js';
import type {Op} from '../graph/op.js';
import {type Digest, digestOf} from '../oci/digest.js';

/** Raised when what goes into a key changes its meaning: old records then miss instead of lying. */
const recipe = 1;

export interface KeyInputs {
  /** Per input: its key, or null for the empty root. */
  readonly inputs: readonly (Digest | null)[];
  /** Digest of the files a COPY selects, where the op reads any. */
  readonly selection?: Digest | undefined;
}

export const definitionKey = (op: Op, from: KeyInputs): Digest =>
  key('definition', from.selection === undefined ? op : withoutPlaces(op), from);

export const contentKey = (op: Op, from: KeyInputs): Digest =>
  key('content', op.kind === 'copy' && from.selection === undefined ? op : withoutPlaces(op), from);

/** The content of a root: its layers' contents in order, as chainID chains diffIDs. */
export const chainContent = (parent: Digest | undefined, layer: Digest): Digest =>
  parent === undefined ? layer : digestOf(`${parent} ${layer}`);

function key(kind: 'definition' | 'content', op: Op, from: KeyInputs): Digest {
  return digestOf(canonicalJSON({recipe, kind, op: countedOp(op), ...from}));
}
