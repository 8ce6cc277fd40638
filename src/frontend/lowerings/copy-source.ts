/** Where the files of a COPY or ADD come from: the context, another root, or a root made of what an ADD fetches. */
import {posix} from 'node:path';
import type {AddInstruction, CopyInstruction} from '../../dockerfile/instruction.js';
import type {CopyOp} from '../../graph/op.js';
import {type Vertex, vertex} from '../../graph/vertex.js';
import {redacted} from '../../remote/redacted.js';
import {InvalidValueError} from '../errors.js';
import {type FetchedSource, type FetchFlags, fetchedSource, isRemote} from '../fetched-source.js';
import type {StageContext} from '../stage-context.js';

export type Transfer = CopyInstruction | AddInstruction;

export interface CopySource {
  readonly op: Pick<CopyOp, 'from' | 'context' | 'sources' | 'excludes' | 'unpack'>;
  /** After the root that is copied onto. */
  readonly inputs: readonly (Vertex | null)[];
}

/** As written, expanded. */
interface Written {
  readonly sources: readonly string[];
  readonly destination: string;
  readonly checksum: string | undefined;
}

export function copySource(
  instruction: Transfer,
  written: Written,
  context: StageContext,
): CopySource {
  const {sources} = written;
  if (instruction.kind === 'copy') {
    const remote = sources.find(isRemote);
    if (remote !== undefined) {
      throw new InvalidValueError(
        `source can't be a URL for COPY: ${redacted(remote)}`,
        instruction,
        'ADD fetches it.',
      );
    }
    return copied(instruction, sources, context);
  }
  return added(instruction, written);
}

function copied(
  instruction: CopyInstruction,
  written: readonly string[],
  context: StageContext,
): CopySource {
  const {from, parents, excludes} = instruction;
  const sources = written.map((source) => (parents ? pivoted(source) : sourcePath(source)));
  const rest = {sources, excludes, unpack: false};
  const source = from === undefined ? undefined : context.source(from, instruction.lines);
  if (source?.kind === 'root') return {op: {from: 'input', ...rest}, inputs: [source.vertex]};
  const name = source === undefined ? {} : {context: source.name};
  return {op: {from: 'context', ...name, ...rest}, inputs: []};
}

function added(instruction: AddInstruction, written: Written): CopySource {
  const {excludes} = instruction;
  const {sources, checksum} = written;
  const fetches = sources.some(isRemote);
  if (checksum !== undefined && (!fetches || sources.length > 1)) {
    const wanted = fetches ? 'one source' : 'a source from the network';
    throw new InvalidValueError(
      `--checksum: want ${wanted}, got ${redacted(sources.join(', '))}`,
      instruction,
    );
  }
  if (!fetches) {
    const unpack = instruction.unpack !== false;
    return {op: {from: 'context', sources: sources.map(sourcePath), excludes, unpack}, inputs: []};
  }
  const flags = {checksum, keepGitDir: instruction.keepGitDir};
  const [first = ''] = sources;
  if (sources.length > 1) return gathered(instruction, written, flags);
  return fetched(instruction, fetchedSource(first, flags, instruction));
}

const fetched = (instruction: AddInstruction, source: FetchedSource): CopySource => ({
  op: {
    from: 'input',
    sources: [source.path],
    excludes: instruction.excludes,
    unpack: source.isFile && instruction.unpack === true,
  },
  inputs: [source.vertex],
});

/** Several sources, in their order, in a root of their own; from there they are one directory. */
function gathered(instruction: AddInstruction, written: Written, flags: FetchFlags): CopySource {
  if (!written.destination.endsWith('/')) {
    throw new InvalidValueError(
      'When using ADD with more than one source file, the destination must be a directory and end with a /',
      instruction,
    );
  }
  let root: Vertex | null = null;
  for (const address of written.sources) {
    const source = isRemote(address)
      ? fetched(instruction, fetchedSource(address, flags, instruction))
      : added(instruction, {...written, sources: [address], checksum: undefined});
    root = vertex({
      op: {kind: 'copy', ...source.op, destination: '/'},
      inputs: [root, ...source.inputs],
      name: redacted(`${instruction.source} (${address})`),
      lines: instruction.lines,
    });
  }
  const op = {from: 'input' as const, sources: ['.'], excludes: [], unpack: false};
  return {op, inputs: [root]};
}

/** Clamped to the source root: `../x` and `/x` are `x`. */
const sourcePath = (source: string): string => clamped(source) || '.';

/** `base/./path`: without a pivot of its own, all of the source is the path. */
function pivoted(source: string): string {
  const pivot = source.indexOf('/./');
  const base = pivot === -1 ? '' : source.slice(0, pivot);
  const path = pivot === -1 ? source : source.slice(pivot + 3);
  return `${clamped(base)}/./${clamped(path)}`;
}

const clamped = (path: string): string => posix.join('/', path).replace(/^\/+|\/+$/g, '');
