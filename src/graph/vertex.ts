import {canonicalJSON} from '../base/canonical-json.js';
import {type Digest, digestOf} from '../oci/digest.js';
import type {Op} from './op.js';

/** A node of the build: an op over the results of other vertices. */
export interface Vertex {
  /** Digest over op and inputs: equal work is one vertex. */
  readonly id: Digest;
  readonly op: Op;
  /** Absent inputs (the empty root of `FROM scratch`) are null. */
  readonly inputs: readonly (Vertex | null)[];
  /** How people see it: `[builder 2/5] RUN make`. Not part of the id. */
  readonly name: string;
  /** Lines of the Dockerfile, first is 1; absent for what no line asks for. */
  readonly lines?: {readonly first: number; readonly last: number};
  /** What the instruction may have been meant to say, for when its files are missing or its process fails. Not part of the id. */
  readonly hint?: string;
}

export function vertex(fields: Omit<Vertex, 'id'>): Vertex {
  const {op, inputs} = fields;
  const identity = op.kind === 'image' ? {...op, reference: undefined} : op;
  const id = digestOf(
    canonicalJSON({op: identity, inputs: inputs.map((input) => input?.id ?? null)}),
  );
  return {id, ...fields};
}
