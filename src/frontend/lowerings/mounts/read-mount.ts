/** What the types of mounts have in common: a flag with its options, where it goes, whose it is. */
import {posix} from 'node:path';
import type {MountFlag} from '../../../dockerfile/mount-flag.js';
import type {MountOwner} from '../../../graph/run-mount.js';
import {InvalidValueError} from '../../errors.js';
import {type StageState, workingDirectory} from '../../state.js';
import type {MountOptions} from './mount-options.js';

export interface ReadMount {
  readonly flag: MountFlag;
  readonly options: MountOptions;
}

export const ownerOf = ({uid = 0, gid = 0, mode}: MountOptions, usual: number): MountOwner => ({
  mode: mode ?? usual,
  uid,
  gid,
});

export const absolute = (path: string, state: StageState): string =>
  posix.resolve('/', workingDirectory(state), path);

/** Without a slash at the end. */
export const clean = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, '');

/** Throws InvalidValueError when there is none, or it is the root. */
export function targetOf({flag, options}: ReadMount, state: StageState): string {
  const {target = '', type} = options;
  if (target === '') {
    throw new InvalidValueError(
      `--mount: a mount of type ${type} needs a target`,
      flag.place,
      'Write target=PATH.',
    );
  }
  const path = absolute(target, state);
  if (path === '/') {
    throw new InvalidValueError(
      `--mount: invalid target ${JSON.stringify(target)}: want a path below /`,
      flag.place,
    );
  }
  return path;
}
