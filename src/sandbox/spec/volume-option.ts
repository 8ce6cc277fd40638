/**
 * What a container is shown beside its root, and the value of -v and --tmpfs.
 *
 * Source  docker's reference for `docker run`; moby volume/mounts/linux_parser.go.
 */
import {posix} from 'node:path';
import type {Mount} from '../../oci/runtime-spec.js';
import {InvalidRunOptionError} from '../errors.js';

export type Volume =
  | {
      readonly kind: 'bind';
      /** Absolute path of the host. */
      readonly source: string;
      readonly destination: string;
      readonly readonly: boolean;
      readonly propagation: Propagation;
      /** Whether a directory is made where the source is missing. */
      readonly create: boolean;
      /** Whether what is mounted below the source is there too, and then whether `readonly` holds for it. */
      readonly below: 'absent' | 'writable' | 'as it is above';
    }
  | {
      readonly kind: 'named';
      readonly name: string;
      readonly destination: string;
      readonly readonly: boolean;
      /** Whether an empty volume takes over what the image has at the destination. */
      readonly copy: boolean;
      /** Path in the volume to show, which has to be there; all of it where that is not given. */
      readonly subpath?: string | undefined;
    }
  | {
      readonly kind: 'anonymous';
      readonly destination: string;
      readonly readonly: boolean;
      readonly copy: boolean;
    }
  | {
      readonly kind: 'tmpfs';
      readonly destination: string;
      /** Of mount(8). */
      readonly options: readonly string[];
    };

export const PROPAGATIONS = [
  'rprivate',
  'private',
  'rshared',
  'shared',
  'rslave',
  'slave',
] as const;

type Propagation = (typeof PROPAGATIONS)[number];

/** Options docker takes and that change nothing here: macOS caching, and labels of SELinux. */
const WITHOUT_EFFECT: readonly string[] = ['cached', 'consistent', 'delegated', 'z', 'Z'];

/** `source:destination[:options]`, or a destination alone. A source that begins with a dot is relative to `directory`. */
export function parseVolume(text: string, directory: string): Volume {
  const [first = '', second, optionText = '', ...rest] = text.split(':');
  if (rest.length > 0 || first === '' || second === '') {
    throw new InvalidRunOptionError('--volume', `want source:destination[:options], got ${text}`);
  }
  if (second === undefined) {
    return {
      kind: 'anonymous',
      destination: destinationOf(first, text),
      readonly: false,
      copy: true,
    };
  }
  const destination = destinationOf(second, text);
  const options = optionText === '' ? [] : optionText.split(',');
  checkOptions(options, text);
  const readonly = options.includes('ro') || options.includes('readonly');
  if (first.startsWith('/') || first.startsWith('.')) {
    return {
      kind: 'bind',
      source: posix.resolve(directory, first),
      destination,
      readonly,
      propagation: PROPAGATIONS.find((each) => options.includes(each)) ?? 'rprivate',
      create: true,
      below: 'as it is above',
    };
  }
  if (!isVolumeName(first)) {
    throw new InvalidRunOptionError(
      '--volume',
      `want an absolute path or a volume name of [a-zA-Z0-9_.-], got ${JSON.stringify(first)}`,
    );
  }
  return {kind: 'named', name: first, destination, readonly, copy: !options.includes('nocopy')};
}

export const isVolumeName = (text: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text);

export function bindMount(volume: Omit<Extract<Volume, {kind: 'bind'}>, 'kind' | 'create'>): Mount {
  const {destination, source, readonly, propagation, below} = volume;
  const readOnly = below === 'as it is above' ? 'rro' : 'ro';
  return {
    destination,
    type: 'bind',
    source,
    options: [below === 'absent' ? 'bind' : 'rbind', propagation, ...(readonly ? [readOnly] : [])],
  };
}

/** docker's options noexec, nosuid and nodev hold unless the user names their opposite. */
export function tmpfsMount({destination, options}: Extract<Volume, {kind: 'tmpfs'}>): Mount {
  const defaults = ['noexec', 'nosuid', 'nodev'].filter(
    (option) => !options.includes(option.slice('no'.length)),
  );
  return {destination, type: 'tmpfs', source: 'tmpfs', options: [...defaults, ...options]};
}

/** `destination[:options]` */
export function parseTmpfs(text: string): Volume {
  const at = text.indexOf(':');
  const destination = destinationOf(at === -1 ? text : text.slice(0, at), text);
  const options =
    at === -1
      ? []
      : text
          .slice(at + 1)
          .split(',')
          .filter((option) => option !== '');
  for (const option of options) {
    if (!/^[a-z]+(=[A-Za-z0-9%]+)?$/.test(option)) {
      throw new InvalidRunOptionError('--tmpfs', `unknown option ${JSON.stringify(option)}`);
    }
  }
  return {kind: 'tmpfs', destination, options};
}

function checkOptions(options: readonly string[], text: string): void {
  const known = ['ro', 'rw', 'readonly', 'nocopy', ...PROPAGATIONS, ...WITHOUT_EFFECT];
  const unknown = options.find((option) => !known.includes(option));
  if (unknown !== undefined) {
    throw new InvalidRunOptionError(
      '--volume',
      `unknown option ${JSON.stringify(unknown)} in ${text}`,
    );
  }
  const modes = options.filter((option) => ['ro', 'rw', 'readonly'].includes(option));
  if (modes.length > 1) {
    throw new InvalidRunOptionError('--volume', `more than one of ro and rw in ${text}`);
  }
}

/** Absolute and clean: `..` above the root stays at the root. */
export function destinationOf(path: string, text: string): string {
  if (!path.startsWith('/')) {
    throw new InvalidRunOptionError('mount', `want an absolute path in the container, got ${text}`);
  }
  const clean = posix.normalize(path).replace(/(?<=.)\/$/, '');
  if (clean === '/')
    throw new InvalidRunOptionError('mount', `the destination cannot be / in ${text}`);
  return clean;
}
