/**
 * Users and groups of a rootfs: names and numbers as people write them → ids.
 *
 * Source  docker's rules (moby/sys user.GetExecUser) for USER and -u; BuildKit's for COPY --chown, except that an
 *         unknown name is an error here.
 */
import {type GroupEntry, type PasswdEntry, readGroups, readPasswd} from './account-file.js';
import {UnknownAccountError} from './errors.js';
import {type HostFacts, requireMapped} from './host-facts.js';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** Begins with gid, as docker's do: a group that may do less than others stays in force when gid is left. */
  readonly additionalGids: readonly number[];
  readonly home: string;
}

export const ROOT_ACCOUNT: Account = {uid: 0, gid: 0, additionalGids: [0], home: '/root'};

/** The largest id setuid(2) takes in a signed comparison: docker's limit. */
const MAX_ID = 2 ** 31 - 1;

/**
 * Who `user[:group]` is in the rootfs; the empty text is uid 0.
 *
 * A number is always an id. Without a group, gid is the user's own, or 0 for an id the rootfs does not know, and the
 * further groups are those that list the user's name. With a group there are none.
 * Throws UnknownAccountError, AccountFileError.
 */
export function resolveAccount(rootfs: string, wanted: string): Account {
  const [userPart = '', groupPart = ''] = split(wanted);
  const user = findUser(rootfs, userPart === '' ? '0' : userPart, wanted);
  if (groupPart !== '') {
    const gid = findGroup(rootfs, groupPart, wanted);
    return {...user.account, gid, additionalGids: [gid]};
  }
  const {name, account} = user;
  if (name === undefined) return account;
  const further = readGroups(rootfs)
    .filter(({members}) => members.includes(name))
    .map(({gid}) => gid);
  return {...account, additionalGids: [...new Set([account.gid, ...further])]};
}

/**
 * An account that is in these groups as well, by name or number.
 * Throws UnknownAccountError, AccountFileError, UnmappedAccountError.
 */
export function joinGroups(
  account: Account,
  groups: readonly string[],
  {rootfs, host}: {readonly rootfs: string; readonly host: HostFacts},
): Account {
  const further = groups.map((group) => findGroup(rootfs, group, group));
  for (const gid of further) requireMapped({...account, gid}, host);
  return {...account, additionalGids: [...new Set([...account.additionalGids, ...further])]};
}

/**
 * The owner `--chown=user[:group]` means: a number alone is uid and gid, a name brings its own group.
 * Throws UnknownAccountError, AccountFileError.
 */
export function resolveOwner(rootfs: string, wanted: string): {uid: number; gid: number} {
  const [userPart = '', groupPart = ''] = split(wanted);
  const number = parseID(userPart, wanted);
  const {uid, gid} =
    number === undefined
      ? findUser(rootfs, userPart === '' ? '0' : userPart, wanted).account
      : {uid: number, gid: number};
  return {uid, gid: groupPart === '' ? gid : findGroup(rootfs, groupPart, wanted)};
}

function split(wanted: string): string[] {
  const at = wanted.indexOf(':');
  return at === -1 ? [wanted] : [wanted.slice(0, at), wanted.slice(at + 1)];
}

function parseID(text: string, wanted: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const id = Number(text);
  if (id < 0 || id > MAX_ID) {
    throw new UnknownAccountError(wanted, `want ids from 0 to ${MAX_ID}, got ${text}`);
  }
  return id;
}

function findUser(
  rootfs: string,
  text: string,
  wanted: string,
): {account: Account; name: string | undefined} {
  const id = parseID(text, wanted);
  const matches = ({name, uid}: PasswdEntry) => (id === undefined ? name === text : uid === id);
  const entry = readPasswd(rootfs).find(matches);
  if (entry !== undefined) {
    const {name, uid, gid, home} = entry;
    return {account: {uid, gid, additionalGids: [gid], home: home === '' ? '/' : home}, name};
  }
  if (id === undefined) throw new UnknownAccountError(wanted, `no user ${text} in its /etc/passwd`);
  return {account: {uid: id, gid: 0, additionalGids: [0], home: '/'}, name: undefined};
}

function findGroup(rootfs: string, text: string, wanted: string): number {
  const id = parseID(text, wanted);
  if (id !== undefined) return id;
  const entry = readGroups(rootfs).find(({name}: GroupEntry) => name === text);
  if (entry === undefined) {
    throw new UnknownAccountError(wanted, `no group ${text} in its /etc/group`);
  }
  return entry.gid;
}
