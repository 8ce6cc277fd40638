/**
 * Help, by oclif from the command classes.
 *
 * Only here is oclif's Config loaded whole. It reads the manifest the build wrote beside the bundle, so that no
 * command's code is loaded to describe it.
 */
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Config} from '@oclif/core/config';
import {Help} from '@oclif/core/help';
import manifest from '../../../package.json' with {type: 'json'};

/** Of `[]` the whole, of `['image']` a topic, of `['image:ls']` a command. */
export async function showHelp(subject: readonly string[]): Promise<void> {
  const config = await Config.load({root: bundleFolder(), pjson: manifest as never});
  await new Help(config, {respectNoCacheDefault: true}).showHelp([...subject]);
}

/** `dist`, from a module inside it or from the sources beside it. */
function bundleFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'dist');
}
