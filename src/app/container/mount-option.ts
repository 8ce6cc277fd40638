/**
 * `--mount` of a run: `type=bind|volume|tmpfs,target=PATH[,NAME=VALUE…]` as a line of CSV.
 *
 * Source  docker's reference for `docker run`, --mount; docker/cli opts/mount.go.
 */
import {posix} from 'node:path';
import {parseSize} from '../../base/parse-size.js';
import {
  destinationOf,
  isVolumeName,
  PROPAGATIONS,
  type Volume,
} from '../../sandbox/spec/volume-option.js';
import {InvalidOptionError} from '../errors.js';
import {attributesOf, OptionAttributes} from '../option-attributes.js';

const OPTION = '--mount';

/** What stands for true when it stands alone. */
const WORDS = ['readonly', 'ro', 'volume-nocopy', 'bind-nonrecursive'];

const ALIASES: ReadonlyMap<string, string> = new Map([
  ['src', 'source'],
  ['dst', 'target'],
  ['destination', 'target'],
  ['ro', 'readonly'],
]);

/** A source that is no absolute path is relative to `directory`. Throws InvalidOptionError, InvalidRunOptionError. */
export function parseMount(text: string, directory: string): Volume {
  const values = new Map(
    [...attributesOf(text, OPTION, WORDS)].map(([name, value]) => [
      ALIASES.get(name) ?? name,
      value,
    ]),
  );
  const type = values.get('type') ?? 'volume';
  values.delete('type');
  const attributes = new OptionAttributes(OPTION, type, values);
  const destination = destinationOf(attributes.text('target') ?? '', text);
  const volume = volumeOf(type, {attributes, destination, directory});
  // Of macOS; without effect here, as in docker on Linux.
  attributes.text('consistency');
  attributes.finish();
  return volume;
}

interface Asked {
  readonly attributes: OptionAttributes;
  readonly destination: string;
  readonly directory: string;
}

function volumeOf(type: string, asked: Asked): Volume {
  switch (type) {
    case 'bind':
      return bindOf(asked);
    case 'volume':
      return storedVolumeOf(asked);
    case 'tmpfs':
      return tmpfsOf(asked);
    default:
      throw invalid(`want type=bind, volume or tmpfs, got ${JSON.stringify(type)}`);
  }
}

function bindOf({attributes, destination, directory}: Asked): Volume {
  const source = attributes.text('source');
  if (!source) throw invalid('want source=PATH with type=bind');
  const readonly = attributes.truth('readonly', false);
  const propagation = attributes.choice('bind-propagation', PROPAGATIONS);
  const flat = attributes.truth('bind-nonrecursive', false);
  const recursive = attributes.choice(
    'bind-recursive',
    ['enabled', 'disabled', 'writable', 'readonly'],
    flat ? 'disabled' : 'enabled',
  );
  if (!readonly && (recursive === 'writable' || recursive === 'readonly')) {
    throw invalid(`bind-recursive=${recursive} goes with readonly alone`);
  }
  if (recursive === 'readonly' && propagation !== 'rprivate') {
    throw invalid(`bind-recursive=readonly goes with bind-propagation=rprivate alone`);
  }
  const below = {
    enabled: 'as it is above',
    readonly: 'as it is above',
    writable: 'writable',
    disabled: 'absent',
  } as const;
  return {
    kind: 'bind',
    source: posix.resolve(directory, source),
    destination,
    readonly,
    propagation,
    create: false,
    below: below[recursive],
  };
}

function storedVolumeOf({attributes, destination}: Asked): Volume {
  const name = attributes.text('source');
  const subpath = attributes.text('volume-subpath');
  const readonly = attributes.truth('readonly', false);
  const copy = !attributes.truth('volume-nocopy', false);
  attributes.choice('volume-driver', ['local']);
  if (!name) {
    if (subpath !== undefined) throw invalid('volume-subpath goes with source=NAME alone');
    return {kind: 'anonymous', destination, readonly, copy};
  }
  if (!isVolumeName(name)) {
    throw invalid(`want a volume name of [a-zA-Z0-9_.-], got ${JSON.stringify(name)}`);
  }
  return {kind: 'named', name, destination, readonly, copy, subpath};
}

function tmpfsOf({attributes, destination}: Asked): Volume {
  const size = attributes.text('tmpfs-size');
  const bytes = size === undefined ? undefined : parseSize(size);
  if (size !== undefined && bytes === undefined) throw invalid(`want a size, got ${size}`);
  const mode = attributes.text('tmpfs-mode');
  if (mode !== undefined && !/^[0-7]{1,4}$/.test(mode)) {
    throw invalid(`want a mode in octal such as 1770, got ${mode}`);
  }
  const options = [
    ...(bytes === undefined ? [] : [`size=${bytes}`]),
    ...(mode === undefined ? [] : [`mode=${mode}`]),
    ...(attributes.truth('readonly', false) ? ['ro'] : []),
  ];
  return {kind: 'tmpfs', destination, options};
}

const invalid = (problem: string): InvalidOptionError => new InvalidOptionError(OPTION, problem);
