import {posix} from 'node:path';
import type {RunMount, SecretMount} from '../../../graph/run-mount.js';
import {InvalidValueError} from '../../errors.js';
import type {StageState} from '../../state.js';
import {absolute, ownerOf, type ReadMount} from './read-mount.js';

/** A file at `/run/secrets/<id>` unless the flag says where, or says `env` and no target. */
export function secretMount({flag, options}: ReadMount, state: StageState): SecretMount {
  const {source = '', target = '', env, id: written = ''} = options;
  if (source !== '' && written !== '') {
    throw new InvalidValueError('--mount: a secret has an id or a source, not both', flag.place);
  }
  const id = written || source || posix.basename(target);
  if (id === '') {
    throw new InvalidValueError(
      '--mount: a secret needs an id or a target',
      flag.place,
      'Write id=NAME, as in --secret id=NAME.',
    );
  }
  const variable = env === undefined ? undefined : env || id;
  const path = target === '' ? `/run/secrets/${posix.basename(id)}` : absolute(target, state);
  return {
    type: 'secret',
    id,
    ...(variable !== undefined && target === '' ? {} : {target: path}),
    ...(variable === undefined ? {} : {variable}),
    required: options.required ?? false,
    owner: ownerOf(options, 0o400),
  };
}

/** The state as a step's title shows it: a variable that is a secret is not told, not even another value of its name. */
export function withoutSecrets(state: StageState, mounts: readonly RunMount[]): StageState {
  const variables = mounts.flatMap((mount) =>
    mount.type === 'secret' && mount.variable !== undefined ? [mount.variable] : [],
  );
  if (variables.length === 0) return state;
  const hidden = variables.map((key) => ({key, value: '****'}));
  return {...state, args: [...hidden, ...state.args.filter(({key}) => !variables.includes(key))]};
}
