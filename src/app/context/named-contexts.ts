/** `--build-context NAME=SOURCE`. Source: docker buildx build's reference. */
import {contextName, type NamedContext} from '../../frontend/named-context.js';
import type {FetchOp} from '../../graph/op.js';
import {parseGitContext} from '../../remote/git/git-source.js';
import {redacted} from '../../remote/redacted.js';
import type {ContextDirectory} from '../../solver/executors/executor-options.js';
import {InvalidOptionError} from '../errors.js';
import {contextDirectory} from './build-context.js';
import {patternsOf, readIgnoreFile} from './ignore-file.js';
import {type LayoutImage, layoutImage} from './layout-image.js';
import {isWebAddress} from './remote-context.js';

export interface NamedContexts {
  readonly replacements: ReadonlyMap<string, NamedContext>;
  /** Of those that are images of layouts, by the address that `replacements` has as their reference. */
  readonly layouts: ReadonlyMap<string, LayoutImage>;
  /** As written, of those that are fetched. */
  readonly addresses: readonly string[];
  /** Of those that are directories. */
  readonly directories: ReadonlyMap<string, ContextDirectory>;
}

const OPTION = '--build-context';

/** The last of equal names wins. A directory's own .dockerignore counts. */
export function namedContexts(entries: readonly string[]): NamedContexts {
  const replacements = new Map<string, NamedContext>();
  const directories = new Map<string, ContextDirectory>();
  const layouts = new Map<string, LayoutImage>();
  const addresses: string[] = [];
  for (const entry of entries) {
    const {name, source} = parse(entry);
    const image = /^docker-image:\/\/(.*)$/s.exec(source)?.[1];
    const layout = layoutImage(source);
    if (layout !== undefined) layouts.set(source, layout);
    if (image !== undefined || layout !== undefined) {
      replacements.set(name, {kind: 'image', reference: image ?? source});
      continue;
    }
    const op = fetchOf(source);
    if (op !== undefined) {
      replacements.set(name, {kind: 'fetched', name: `[context ${name}] ${redacted(source)}`, op});
      addresses.push(source);
      continue;
    }
    const directory = contextDirectory(source);
    replacements.set(name, {kind: 'directory', name});
    directories.set(name, {directory, ignore: patternsOf(readIgnoreFile(directory))});
  }
  return {replacements, directories, layouts, addresses};
}

/** A file by http is called `context`, as docker calls it. */
function fetchOf(source: string): FetchOp | undefined {
  const repository = parseGitContext(source);
  if (repository !== undefined) return {kind: 'git', ...repository};
  return isWebAddress(source) ? {kind: 'http', url: source, name: 'context'} : undefined;
}

function parse(entry: string): {readonly name: string; readonly source: string} {
  const at = entry.indexOf('=');
  const name = at === -1 ? undefined : contextName(entry.slice(0, at));
  const source = entry.slice(at + 1);
  if (name === undefined || source === '') {
    throw new InvalidOptionError(OPTION, `want NAME=SOURCE, got ${JSON.stringify(entry)}`);
  }
  return {name, source};
}
