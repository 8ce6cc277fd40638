/**
 * What the maintainer scripts of a minimal Debian 12 do, as data: nothing is run, so it needs neither root nor a chroot.
 *
 * Source  the postinst scripts of base-files, base-passwd, passwd, libc-bin, libpam-runtime, dash, tzdata, apt, debianutils.
 */
import {directory, type FileTree, file, symlink} from '../file-tree.js';
import {putAlternatives} from './alternatives.js';

const MAIL = 8;
const UTMP = 43;
const SHADOW = 42;

export function configureDebian(tree: FileTree): void {
  configureFiles(tree);
  configureAccounts(tree);
  configureAuthentication(tree);
  putAlternatives(tree);
  tree.put('bin/sh', symlink('dash'));
  tree.put('var/lib/dpkg/diversions', file('/bin/sh\n/bin/sh.distrib\ndash\n'));
}

function configureFiles(tree: FileTree): void {
  const copies = {
    'usr/share/base-files/dot.profile': 'root/.profile',
    'usr/share/base-files/dot.bashrc': 'root/.bashrc',
    'usr/share/base-files/profile': 'etc/profile',
    'usr/share/base-files/motd': 'etc/motd',
    'usr/share/libc-bin/nsswitch.conf': 'etc/nsswitch.conf',
  };
  for (const [from, to] of Object.entries(copies)) tree.put(to, file(tree.text(from)));
  const directories = 'mnt srv opt etc/opt var/opt media var/log var/lib/pam usr/local/share/man';
  const local = 'bin games lib include sbin src etc'.split(' ').map((name) => `usr/local/${name}`);
  for (const path of [...directories.split(' '), ...local]) tree.put(path, directory());
  tree.put('var/mail', directory({mode: 0o2775, gid: MAIL}));
  tree.put('run/lock', directory({mode: 0o1777}));
  for (const name of ['wtmp', 'lastlog']) {
    tree.put(`var/log/${name}`, file('', {mode: 0o664, gid: UTMP}));
  }
  tree.put('var/log/btmp', file('', {mode: 0o660, gid: UTMP}));
  const links = {
    'var/spool/mail': '../mail',
    'var/run': '/run',
    'var/lock': '/run/lock',
    'usr/local/man': 'share/man',
    'etc/localtime': '/usr/share/zoneinfo/Etc/UTC',
    'etc/dpkg/origins/default': 'debian',
  };
  for (const [path, target] of Object.entries(links)) tree.put(path, symlink(target));
  tree.put('etc/timezone', file('Etc/UTC\n'));
  const shells = ['/bin/sh', '/bin/bash', '/usr/bin/bash', '/bin/dash', '/usr/bin/dash'];
  tree.put('etc/shells', file(`# /etc/shells: valid login shells\n${shells.join('\n')}\n`));
}

function configureAccounts(tree: FileTree): void {
  const apt = '_apt:x:100:65534::/nonexistent:/usr/sbin/nologin\n';
  const passwd = tree.text('usr/share/base-passwd/passwd.master').replaceAll(':*:', ':x:') + apt;
  const group = tree.text('usr/share/base-passwd/group.master').replaceAll(':*:', ':x:');
  const names = (table: string) =>
    table
      .trim()
      .split('\n')
      .map((line) => line.split(':')[0]);
  const shadow = names(passwd).map((name) => `${name}:*:19675:0:99999:7:::\n`);
  const gshadow = names(group).map((name) => `${name}:*::\n`);
  const secret = {mode: 0o640, gid: SHADOW};
  tree.put('etc/passwd', file(passwd));
  tree.put('etc/group', file(group));
  tree.put('etc/shadow', file(shadow.join(''), secret));
  tree.put('etc/gshadow', file(gshadow.join(''), secret));
}

/** What pam-auth-update makes of the one profile there is, unix. */
function configureAuthentication(tree: FileTree): void {
  const profile: Readonly<Record<string, string>> = {
    auth_primary: 'auth\t[success=1 default=ignore]\tpam_unix.so nullok',
    account_primary: 'account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so',
    password_primary: 'password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt',
    session_primary: 'session\t[default=1]\t\t\tpam_permit.so',
    session_additional: 'session\trequired\tpam_unix.so',
    session_nonint_primary: 'session\t[default=1]\t\t\tpam_permit.so',
    session_nonint_additional: 'session\trequired\tpam_unix.so',
  };
  const kinds = ['auth', 'account', 'password', 'session', 'session-noninteractive'];
  for (const kind of kinds) {
    const template = tree.text(`usr/share/pam/common-${kind}`);
    const text = template.replaceAll(/^\$(\w+)$/gm, (_, name: string) => profile[name] ?? '');
    tree.put(`etc/pam.d/common-${kind}`, file(text));
  }
}
