import {posix} from 'node:path';
import {UnsupportedSyntaxError} from '../../dockerfile/errors.js';
import type {AddInstruction, CopyInstruction} from '../../dockerfile/instruction.js';
import type {CopyOp} from '../../graph/op.js';
import {type Vertex, vertex} from '../../graph/vertex.js';
import {InvalidValueError} from '../errors.js';
import {type Expander, expander} from '../expansion.js';
import {inlineFile} from '../inline-file.js';
import {checkCopyIgnoredFile} from '../lint/copy-ignored-file.js';
import {type StageContext, vertexName} from '../stage-context.js';
import {type StageState, withLayer, workingDirectory} from '../state.js';
import {upperKeyword} from './run.js';

type Transfer = CopyInstruction | AddInstruction;

/** COPY and ADD: files of the context, of another stage or of an image onto the root. */
export function lowerCopy(
  state: StageState,
  instruction: Transfer,
  context: StageContext,
): StageState {
  const expanded = expander(state, context, instruction);
  const written = {
    sources: instruction.sources.map((source) => expanded(source)),
    destination: expanded(instruction.destination),
  };
  const files = instruction.documents.map((document) => {
    const {name, content} = inlineFile(document, instruction);
    return {name, content: document.expand ? expanded.document(content) : content};
  });
  const attributes = ownership(instruction, expanded);
  const from = placeOf(instruction, context);
  if (from.op.from === 'context' && from.op.context === undefined) {
    const sources = written.sources.filter((source) => !isRemote(source));
    const {isIgnored} = context;
    checkCopyIgnoredFile(instruction, {sources, isIgnored}, context.report);
  }
  const op: CopyOp = {
    kind: 'copy',
    ...from.op,
    sources: written.sources.map((source) => sourcePath(source, instruction)),
    ...(keepsParents(instruction) ? {parents: true} : {}),
    ...(files.length === 0 ? {} : {files}),
    destination: destinationPath(state, written.destination),
    ...attributes,
    excludes: instruction.excludes,
    unpack: instruction.kind === 'add' && instruction.unpack !== false,
  };
  const shown = upperKeyword(expanded.display(instruction.source, false));
  const onto = isLinked(instruction, attributes) ? null : state.root;
  const {lines} = instruction;
  const copied = vertex({
    op,
    inputs: [onto, ...from.inputs],
    name: vertexName(context.label, state.labels, shown),
    lines,
  });
  const result =
    onto === state.root
      ? copied
      : vertex({
          op: {kind: 'merge'},
          inputs: [state.root, copied],
          name: vertexName(context.label, state.labels, `LINK ${shown}`),
          lines,
        });
  return withLayer(state, result, historyRow(instruction, written, attributes));
}

interface SourcePlace {
  readonly op: Pick<CopyOp, 'from' | 'context'>;
  readonly inputs: readonly (Vertex | null)[];
}

function placeOf(instruction: Transfer, context: StageContext): SourcePlace {
  if (instruction.kind === 'add' || instruction.from === undefined) {
    return {op: {from: 'context'}, inputs: []};
  }
  const source = context.source(instruction.from, instruction.lines);
  return source.kind === 'context'
    ? {op: {from: 'context', context: source.name}, inputs: []}
    : {op: {from: 'input'}, inputs: [source.vertex]};
}

interface Ownership {
  readonly chown?: string;
  readonly chmod?: string;
}

function ownership(instruction: Transfer, expanded: Expander): Ownership {
  const chown = instruction.chown === undefined ? '' : expanded(instruction.chown);
  const chmod = instruction.chmod === undefined ? '' : expanded(instruction.chmod);
  if (chmod !== '' && !/^0?[0-7]{1,4}$/.test(chmod) && !symbolicMode.test(chmod)) {
    throw new InvalidValueError(
      `invalid chmod parameter: ${JSON.stringify(chmod)}`,
      instruction,
      'Write an octal mode up to 07777, or a symbolic one such as u=rwX,go=rX.',
    );
  }
  return {...(chown === '' ? {} : {chown}), ...(chmod === '' ? {} : {chmod})};
}

/** --chmod makes an ordinary copy of a linked one, as in BuildKit. Throws InvalidValueError for a name as owner. */
function isLinked(instruction: Transfer, {chown, chmod}: Ownership): boolean {
  if (!instruction.link || chmod !== undefined) return false;
  if (chown === undefined || /^\d+(:\d+)?$/.test(chown)) return true;
  throw new InvalidValueError(
    `--chown=${chown}: a layer of --link has no accounts to look a name up in`,
    instruction,
    'Write the numbers, or leave --link out.',
  );
}

const keepsParents = (instruction: Transfer): boolean =>
  instruction.kind === 'copy' && instruction.parents;

const symbolicMode = /^[ugoa]*([-+=]([rwxXst]*|[ugo]))+(,[ugoa]*([-+=]([rwxXst]*|[ugo]))+)*$/;

/** Clamped to the source root: `../x` and `/x` are `x`. */
function sourcePath(source: string, instruction: Transfer): string {
  if (isRemote(source)) {
    if (instruction.kind === 'copy') {
      throw new InvalidValueError(`source can't be a URL for COPY: ${source}`, instruction);
    }
    throw new UnsupportedSyntaxError(`ADD of a URL (${source})`, instruction);
  }
  return keepsParents(instruction) ? pivoted(source) : clamped(source) || '.';
}

/** `base/./path`: without a pivot of its own, all of the source is the path. */
function pivoted(source: string): string {
  const pivot = source.indexOf('/./');
  const base = pivot === -1 ? '' : source.slice(0, pivot);
  const path = pivot === -1 ? source : source.slice(pivot + 3);
  return `${clamped(base)}/./${clamped(path)}`;
}

const clamped = (path: string): string => posix.join('/', path).replace(/^\/+|\/+$/g, '');

const isRemote = (source: string): boolean =>
  /^(https?|git|ssh):\/\//.test(source) || /^git@[\w.-]+:/.test(source);

function destinationPath(state: StageState, destination: string): string {
  const isFolder = destination === '' || /(^|\/)\.?$/.test(destination);
  const path = posix.resolve('/', workingDirectory(state), destination);
  return isFolder && path !== '/' ? `${path}/` : path;
}

function historyRow(
  instruction: Transfer,
  written: {sources: readonly string[]; destination: string},
  {chown, chmod}: Ownership,
): string {
  const words = [
    instruction.kind.toUpperCase(),
    ...(keepsParents(instruction) ? ['--parents'] : []),
    ...(chown === undefined ? [] : [`--chown=${chown}`]),
    ...(chmod === undefined ? [] : [`--chmod=${chmod}`]),
    ...written.sources,
    ...instruction.documents.map(({name}) => `<<${name}`),
    written.destination,
  ];
  return `${words.join(' ')} # buildkit`;
}
