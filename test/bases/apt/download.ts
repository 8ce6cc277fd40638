/** Debian packages and all they depend on, fetched by apt in directories of its own: no root, no change to the machine. */
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {debianSources} from './sources.js';

const INDEX_LIFETIME = 12 * 3600 * 1000;

/**
 * Takes   `cache`, a directory to keep indexes and packages in; `packages` as apt-get takes them (names, or patterns
 *         such as `?essential`).
 * Returns paths of .deb files, the packages and their dependencies, sorted.
 */
export function downloadPackages(cache: string, packages: readonly string[]): string[] {
  const options = aptOptions(cache);
  updateIndex(cache, options);
  const install = ['install', '-qq', '-y', '--no-install-recommends', ...packages];
  apt([...options, ...install, '--download-only']);
  // apt names the address of what its archive lacks, so this one has nothing in it
  const nothing = ['-o', `Dir::Cache::archives=${join(cache, 'nothing')}`];
  const uris = apt([...options, ...nothing, ...install, '--print-uris']);
  return [...uris.matchAll(/^'\S+' (\S+\.deb) /gm)]
    .map(([, name = '']) => join(cache, 'archives', name))
    .sort();
}

function aptOptions(cache: string): string[] {
  for (const directory of ['lists/partial', 'archives/partial', 'nothing/partial']) {
    mkdirSync(join(cache, directory), {recursive: true});
  }
  writeFileSync(join(cache, 'sources.list'), debianSources());
  writeFileSync(join(cache, 'status'), '');
  const settings = {
    'Dir::State': cache,
    'Dir::State::lists': join(cache, 'lists'),
    'Dir::State::status': join(cache, 'status'),
    'Dir::Cache': cache,
    'Dir::Cache::archives': join(cache, 'archives'),
    'Dir::Etc::sourcelist': join(cache, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': 'root',
    'APT::Default-Release': '',
    'Acquire::Languages': 'none',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function updateIndex(cache: string, options: readonly string[]): void {
  const stamp = join(cache, 'updated');
  const age = existsSync(stamp) ? Date.now() - statSync(stamp).mtimeMs : Number.POSITIVE_INFINITY;
  if (age < INDEX_LIFETIME) return;
  apt([...options, 'update', '-qq']);
  writeFileSync(stamp, '');
}

function apt(args: readonly string[]): string {
  return execFileSync('apt-get', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 26,
    env: {...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive'},
  });
}
