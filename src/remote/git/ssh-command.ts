/**
 * What git calls to reach a host by ssh: GIT_SSH_COMMAND, a piece of shell.
 *
 * ssh asks the password file where home is, and not HOME. In a user namespace, where everybody is root, that is root's: without more,
 * keys, configuration and the known hosts of who builds would not be found, and a host with another key than before would pass
 * for one that was never met.
 */
import {readFileSync} from 'node:fs';
import {homedir, userInfo} from 'node:os';

/** No question is asked; the key of a host that was never met is taken for its own, as the first one. */
const CAREFUL = '-o BatchMode=yes -o StrictHostKeyChecking=accept-new';

/** As the user: with their configuration, keys and known hosts. */
export function ownSSH(): string {
  const ssh = `ssh ${CAREFUL}`;
  const [home, believed] = [homedir(), userInfo().homedir];
  if (home === believed || !isNamespace()) return ssh;
  // In a mount namespace of its own the one is where the other is looked for, also by `~` in the configuration.
  const script = `mount --bind "$1" "$2" && shift 2 && exec "$@"`;
  return `unshare --mount sh -c ${quoted(script)} sh ${quoted(home)} ${quoted(believed)} ${ssh}`;
}

/** As nobody: with neither configuration nor keys of the user, but knowing the same hosts. */
export function strangersSSH(): string {
  const known = quoted(`UserKnownHostsFile="${homedir()}/.ssh/known_hosts"`);
  return `ssh -F /dev/null -o IdentityFile=/dev/null -o ${known} ${CAREFUL}`;
}

const isNamespace = (): boolean =>
  !/^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'latin1'));

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
