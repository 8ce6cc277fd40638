import {posix} from 'node:path';
import type {CopyOp} from '../../graph/op.js';
import {vertex} from '../../graph/vertex.js';
import {redacted} from '../../remote/redacted.js';
import {InvalidValueError} from '../errors.js';
import {Expander} from '../expansion.js';
import {copyHint} from '../failure-hints.js';
import {isRemote} from '../fetched-source.js';
import {inlineFile} from '../inline-file.js';
import {checkCopyIgnoredFile} from '../lint/copy-ignored-file.js';
import {type StageContext, vertexName} from '../stage-context.js';
import {type StageState, withLayer, workingDirectory} from '../state.js';
import {type CopySource, copySource, type Transfer} from './copy-source.js';
import {upperKeyword} from './run.js';

/** COPY and ADD: files of the context, of another stage, of an image or of the network onto the root. */
export function lowerCopy(
  state: StageState,
  instruction: Transfer,
  context: StageContext,
): StageState {
  const expander = new Expander(state, context, instruction);
  const {checksum} = instruction.kind === 'add' ? instruction : {};
  const written = {
    sources: instruction.sources.map((source) => expander.text(source)),
    destination: expander.text(instruction.destination),
    checksum: checksum === undefined ? undefined : expander.text(checksum),
  };
  const files = instruction.documents.map((document) => {
    const {name, content} = inlineFile(document, instruction);
    return {name, content: document.expand ? expander.document(content) : content};
  });
  const attributes = ownership(instruction, expander);
  const source = copySource(instruction, written, context);
  if (mayReadContext(instruction, source)) {
    const {isIgnored} = context;
    const sources = written.sources.filter((each) => !isRemote(each));
    checkCopyIgnoredFile(instruction, {sources, isIgnored}, context.report);
  }
  const {excludes, unpack, ...place} = source.op;
  const op: CopyOp = {
    kind: 'copy',
    ...place,
    ...(keepsParents(instruction) ? {parents: true} : {}),
    ...(files.length === 0 ? {} : {files}),
    destination: destinationPath(state, written.destination),
    ...attributes,
    excludes,
    unpack,
  };
  const shown = redacted(upperKeyword(expander.display(instruction.source, false)));
  const onto = isLinked(instruction, attributes) ? null : state.root;
  const {lines} = instruction;
  const {sources} = written;
  const {unset} = expander;
  const hint = copyHint(instruction, {sources, unset, globals: context.globals});
  const copied = vertex({
    op,
    inputs: [onto, ...source.inputs],
    name: vertexName(context.label, state.labels, shown),
    lines,
    ...(hint === undefined ? {} : {hint}),
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

/** The build's own context, that is. */
const mayReadContext = (instruction: Transfer, {op}: CopySource): boolean =>
  instruction.kind === 'add' || (op.from === 'context' && op.context === undefined);

interface Ownership {
  readonly chown?: string;
  readonly chmod?: string;
}

function ownership(instruction: Transfer, expander: Expander): Ownership {
  const chown = instruction.chown === undefined ? '' : expander.text(instruction.chown);
  const chmod = instruction.chmod === undefined ? '' : expander.text(instruction.chmod);
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
    ...written.sources.map(redacted),
    ...instruction.documents.map(({name}) => `<<${name}`),
    written.destination,
  ];
  return `${words.join(' ')} # buildkit`;
}
