import type {RunConfig} from '../../oci/image-config.js';
import {NoCommandError} from '../errors.js';

/**
 * What a container executes.
 *
 * Takes   the image's config, an --entrypoint (the empty text clears the image's), the arguments after the image.
 * Rules   docker's: an --entrypoint drops the image's CMD too; arguments replace CMD.
 */
export function commandLine(
  image: Pick<RunConfig, 'Entrypoint' | 'Cmd'>,
  entrypoint: string | undefined,
  args: readonly string[],
): string[] {
  const words =
    entrypoint === undefined
      ? [...(image.Entrypoint ?? []), ...(args.length > 0 ? args : (image.Cmd ?? []))]
      : [...(entrypoint === '' ? [] : [entrypoint]), ...args];
  if (words.length === 0 || words[0] === '') throw new NoCommandError();
  return words;
}
