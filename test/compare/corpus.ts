/** The cases: folders of fixtures/dockerfiles and fixtures/projects. */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {repository} from '../bases/ensure-base.js';

export const casesFolder = join(repository, 'fixtures/dockerfiles');
const projectsFolder = join(repository, 'fixtures/projects');

export interface CompareCase {
  readonly name: string;
  readonly folder: string;
  readonly isProject: boolean;
  readonly flags: readonly string[];
  /** Options that are no flag of both command lines. */
  readonly beyond: readonly string[];
}

interface Options {
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly platform?: {os: string; architecture: string; variant?: string};
  readonly network?: string;
  /** For every builder the machine it is on. */
  readonly buildPlatform?: unknown;
  /** Flags as both command lines take them; paths are below the case's folder. */
  readonly flags?: readonly string[];
}

/** All, or those named; throws where a name is of none. */
export function corpus(names: readonly string[]): CompareCase[] {
  const all = [...folders(casesFolder, false), ...folders(projectsFolder, true)];
  for (const name of names) {
    if (!all.some((each) => each.name === name)) throw new Error(`no case ${name}`);
  }
  return names.length === 0 ? all : all.filter(({name}) => names.includes(name));
}

function folders(root: string, isProject: boolean): CompareCase[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map(({name}) => {
      const folder = join(root, name);
      const path = join(folder, 'options.json');
      const options = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
      return {name, folder, isProject, ...flagsOf(options, folder)};
    });
}

function flagsOf(options: Options, folder: string): Pick<CompareCase, 'flags' | 'beyond'> {
  const {target, buildArgs, labels, platform, network, buildPlatform, flags, ...rest} = options;
  const result = [...pairs('--build-arg', buildArgs), ...pairs('--label', labels)];
  if (target !== undefined) result.push('--target', target);
  if (network !== undefined) result.push('--network', network);
  if (platform !== undefined) {
    const {os, architecture, variant} = platform;
    result.push('--platform', [os, architecture, variant].filter(Boolean).join('/'));
  }
  for (const flag of flags ?? []) result.push(flag.replaceAll('{folder}', folder));
  return {flags: result, beyond: Object.keys(rest)};
}

const pairs = (flag: string, values: Readonly<Record<string, string>> = {}): string[] =>
  Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
