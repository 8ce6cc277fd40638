/** Whose privileges a test runs with: everybody this process may become. */
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {userInfo} from 'node:os';

export interface TestUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** With subordinate ids, and without: both are made where root lacks them. */
const ORDINARY = 'builder';
const SINGLE = 'builder-single';

/** Root and an ordinary user where root runs the tests, else whoever does: for what two users do together. */
export const everyUserName: readonly string[] =
  process.getuid?.() === 0 ? ['root', ORDINARY] : [userInfo().username];

/** Whom a test is run for: everybody, or the one that the environment names. */
export const testUserNames: readonly string[] = process.env['TSBUILD_TEST_USER']
  ? [process.env['TSBUILD_TEST_USER']]
  : everyUserName;

/** The user, made if root asks for one of the tests' own. */
export function testUser(name: string): TestUser {
  const found = lookUp(name);
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || ![ORDINARY, SINGLE].includes(name)) {
    throw new Error(`there is no user ${name} on this machine`);
  }
  run('useradd', '--create-home', '--shell', '/bin/bash', name);
  const made = lookUp(name);
  if (made === undefined) throw new Error(`useradd made no user ${name}`);
  setSubordinateIds(name);
  return made;
}

/** An ordinary user that has no subordinate ids; undefined where only root could make one. */
export function singleIDUser(): TestUser | undefined {
  if (process.getuid?.() === 0) return testUser(SINGLE);
  const {username} = userInfo();
  return hasSubordinateIds(username) ? undefined : testUser(username);
}

export function hasSubordinateIds(name: string): boolean {
  return ['/etc/subuid', '/etc/subgid'].every(
    (path) =>
      existsSync(path) &&
      readFileSync(path, 'utf8')
        .split('\n')
        .some((line) => line.startsWith(`${name}:`)),
  );
}

/** What stands before a command so that it runs as the user, in a login's environment and nothing more. */
export function commandPrefix({name, uid, gid, home}: TestUser): string[] {
  const environment = [
    `HOME=${home}`,
    `USER=${name}`,
    `PATH=${process.env['PATH']}`,
    'LC_ALL=C.UTF-8',
  ];
  const clean = ['env', '-i', ...environment];
  if (uid === process.getuid?.()) return clean;
  return [
    'setpriv',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--init-groups',
    '--inh-caps=-all',
    ...clean,
  ];
}

function lookUp(name: string): TestUser | undefined {
  const {status, stdout} = spawnSync('getent', ['passwd', name], {encoding: 'utf8'});
  if (status !== 0) return undefined;
  const [, , uid, gid, , home = '/'] = stdout.trim().split(':');
  return {name, uid: Number(uid), gid: Number(gid), home};
}

/** useradd gives ranges on most machines, none on some; each user of the tests has exactly what its name says. */
function setSubordinateIds(name: string): void {
  if (name === SINGLE) {
    for (const path of ['/etc/subuid', '/etc/subgid']) run('sed', '-i', `/^${SINGLE}:/d`, path);
  } else if (!hasSubordinateIds(name)) {
    run('usermod', '--add-subuids', '100000-165535', '--add-subgids', '100000-165535', name);
  }
}

function run(program: string, ...args: string[]): void {
  const {status, stderr, error} = spawnSync(program, args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
}
