/**
 * What a machine offers for building without root, what it lacks, and the exact command that mends each.
 *
 * Pure: facts in, findings out. The order is that of the ladder, the first thing to mend first.
 */
import {errnoName} from './errno.js';
import type {MachineFacts, MappingProgram} from './machine-facts.js';

export type FindingName =
  | 'user namespaces'
  | 'id mapping programs'
  | 'subordinate ids'
  | 'overlay mounts'
  | 'seccomp'
  | 'cgroups'
  | 'time namespaces'
  | 'fuse';

export interface Finding {
  readonly name: FindingName;
  /** `limited` builds, with a difference that `detail` tells; `missing` is what a rung, or RUN itself, lacks. */
  readonly state: 'ok' | 'limited' | 'missing';
  readonly detail: string;
  /** One shell command, where there is one. */
  readonly remedy?: string;
}

type LadderRung = 'root' | 'subids' | 'single' | 'none';

/** What the launcher said in TSBUILD_NAMESPACE: `<pid>:<rung>[:<what> <errno>]`. */
export interface LauncherReport {
  readonly rung: LadderRung;
  readonly obstacle?: {readonly what: string; readonly errno: string};
}

const rungs: readonly string[] = ['root', 'subids', 'single', 'none'];

/** Undefined when it is absent or another process's. */
export function parseLauncherReport(text: string, pid: number): LauncherReport | undefined {
  const [owner, rung = '', obstacle] = text.split(':');
  if (owner !== String(pid) || !rungs.includes(rung)) return undefined;
  const [, what, errno] = /^(\S+) (\d+)$/.exec(obstacle ?? '') ?? [];
  if (what === undefined) return {rung: rung as LadderRung};
  return {rung: rung as LadderRung, obstacle: {what, errno: errnoName(Number(errno))}};
}

export interface Inspection {
  readonly facts: MachineFacts;
  readonly report: LauncherReport | undefined;
  /** What tryOverlay answered; undefined when it worked. */
  readonly overlayErrno: string | undefined;
}

export function inspect(inspection: Inspection): Finding[] {
  const {facts, report} = inspection;
  const isRoot = report?.rung === 'root';
  return [
    isRoot ? ok('user namespaces', 'not needed: this is root') : userNamespaces(inspection),
    isRoot ? ok('id mapping programs', 'not needed: this is root') : mappingPrograms(facts),
    isRoot ? ok('subordinate ids', 'not needed: this is root') : subordinateIDs(facts),
    overlay(inspection),
    facts.seccomp
      ? ok('seccomp', 'system calls are filtered')
      : {name: 'seccomp', state: 'limited', detail: 'the kernel has no system call filters'},
    cgroups(facts),
    facts.timeNamespaces
      ? ok('time namespaces', 'available')
      : {name: 'time namespaces', state: 'limited', detail: 'the kernel is older than 5.6'},
    facts.fuse
      ? ok('fuse', '/dev/fuse can be opened')
      : {
          name: 'fuse',
          state: 'limited',
          detail: '/dev/fuse cannot be opened; kernel overlay is used',
        },
  ];
}

const ok = (name: FindingName, detail: string): Finding => ({name, state: 'ok', detail});

const setForGood = (name: string, value: number): string =>
  `echo ${name}=${value} | sudo tee /etc/sysctl.d/60-tsbuild.conf && sudo sysctl --system`;

function userNamespaces({facts, report}: Inspection): Finding {
  const missing = (detail: string, remedy?: string): Finding => ({
    name: 'user namespaces',
    state: 'missing',
    detail,
    ...(remedy === undefined ? {} : {remedy}),
  });
  if (report !== undefined && report.rung !== 'none') return ok('user namespaces', 'available');
  if (facts.maxUserNamespaces === undefined) return missing('the kernel was built without them');
  if (facts.maxUserNamespaces === 0) {
    const name = 'user.max_user_namespaces';
    return missing(`${name} is 0`, setForGood(name, 28_633));
  }
  if (facts.unprivilegedUsernsClone === 0) {
    const name = 'kernel.unprivileged_userns_clone';
    return missing(`${name} is 0`, setForGood(name, 1));
  }
  if (facts.apparmorRestrictsUserns === 1) {
    const name = 'kernel.apparmor_restrict_unprivileged_userns';
    return missing(`AppArmor takes their rights away (${name} is 1)`, setForGood(name, 0));
  }
  if (report === undefined) return missing('not started through the launcher');
  const {what = 'unshare', errno = 'EPERM'} = report.obstacle ?? {};
  return missing(
    `${what} answered ${errno}: a container's or the system's security policy refuses them; ` +
      'in docker, allow them with --security-opt seccomp=unconfined --security-opt apparmor=unconfined',
  );
}

const packages: readonly [distribution: string, command: string][] = [
  ['debian', 'sudo apt-get install -y uidmap'],
  ['ubuntu', 'sudo apt-get install -y uidmap'],
  ['fedora', 'sudo dnf install -y shadow-utils'],
  ['rhel', 'sudo dnf install -y shadow-utils'],
  ['suse', 'sudo zypper install -y shadow'],
  ['arch', 'sudo pacman -S --noconfirm shadow'],
  ['alpine', 'sudo apk add shadow-subids'],
];

function mappingPrograms({newuidmap, newgidmap, distribution}: MachineFacts): Finding {
  const name = 'id mapping programs';
  const absent = [newuidmap ? '' : 'newuidmap', newgidmap ? '' : 'newgidmap'].filter(Boolean);
  if (absent.length > 0) {
    const [, remedy] = packages.find(([id]) => distribution.includes(id)) ?? [];
    return {
      name,
      state: 'missing',
      detail: `${absent.join(' and ')} not found: files have one owner while building`,
      ...(remedy === undefined ? {} : {remedy}),
    };
  }
  const both = [newuidmap, newgidmap].filter((one): one is MappingProgram => one !== undefined);
  const powerless = both.filter(({privileged}) => !privileged).map(({path}) => path);
  if (powerless.length === 0) return ok(name, both.map(({path}) => path).join(', '));
  return {
    name,
    state: 'missing',
    detail: `${powerless.join(' and ')} may not change ids`,
    remedy: `sudo chmod u+s ${powerless.join(' ')}`,
  };
}

function subordinateIDs(facts: MachineFacts): Finding {
  const name = 'subordinate ids';
  const {subuids, subgids, uid, userName = String(uid)} = facts;
  if (subuids > 0 && subgids > 0) {
    const detail = `${subuids} user ids, ${subgids} group ids`;
    const ENOUGH = 65_535;
    if (Math.min(subuids, subgids) >= ENOUGH) return ok(name, detail);
    return {name, state: 'limited', detail: `${detail}: owners above are recorded, not set`};
  }
  const range = `${facts.freeSubordinateID}-${facts.freeSubordinateID + 65_535}`;
  const options = [
    ...(subuids > 0 ? [] : [`--add-subuids ${range}`]),
    ...(subgids > 0 ? [] : [`--add-subgids ${range}`]),
  ];
  const files = [subuids > 0 ? '' : '/etc/subuid', subgids > 0 ? '' : '/etc/subgid'];
  return {
    name,
    state: 'missing',
    detail: `${userName} has none in ${files.filter(Boolean).join(' and ')}`,
    remedy: `sudo usermod ${options.join(' ')} ${userName}`,
  };
}

function overlay({facts, overlayErrno, report}: Inspection): Finding {
  const name = 'overlay mounts';
  if (overlayErrno === undefined) return ok(name, 'mounted and written to');
  const [major = 0, minor = 0] = facts.kernel.split('.').map(Number);
  if (report?.rung !== 'root' && (major < 5 || (major === 5 && minor < 11))) {
    const detail = `Linux ${facts.kernel}: a user namespace may mount overlays since 5.11`;
    return {name, state: 'missing', detail};
  }
  if (overlayErrno === 'ENODEV') {
    const detail = 'the kernel has no overlay file system';
    return {name, state: 'missing', detail, remedy: 'sudo modprobe overlay'};
  }
  return {
    name,
    state: 'missing',
    detail: `refused with ${overlayErrno}: is the store itself on an overlay, or on NFS?`,
  };
}

function cgroups({cgroups: version}: MachineFacts): Finding {
  if (version === 'none') {
    return {name: 'cgroups', state: 'limited', detail: 'none mounted: no resource limits'};
  }
  return ok('cgroups', version);
}
