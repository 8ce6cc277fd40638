import {expect, test} from 'vitest';
import {
  type Finding,
  type FindingName,
  type Inspection,
  inspect,
} from '../../src/linux/features.js';
import {type MachineFacts, machineFacts} from '../../src/linux/machine-facts.js';

const good: MachineFacts = {
  kernel: '6.8.0-31-generic',
  distribution: ['ubuntu', 'debian'],
  uid: 1001,
  userName: 'builder',
  ids: 65_537,
  newuidmap: {path: '/usr/bin/newuidmap', privileged: true},
  newgidmap: {path: '/usr/bin/newgidmap', privileged: true},
  subuids: 65_536,
  subgids: 65_536,
  freeSubordinateID: 231_072,
  maxUserNamespaces: 63_000,
  unprivilegedUsernsClone: undefined,
  apparmorRestrictsUserns: 0,
  cgroups: 'v2',
  seccomp: true,
  fuse: true,
  timeNamespaces: true,
};

const subids: Inspection = {facts: good, report: {rung: 'subids'}, overlayErrno: undefined};
const none: Inspection['report'] = {rung: 'none', obstacle: {what: 'unshare', errno: 'EPERM'}};

const find = (inspection: Inspection, name: FindingName): Finding | undefined =>
  inspect(inspection).find((finding) => finding.name === name);

test('a machine that has everything has nothing to mend', () => {
  for (const finding of inspect(subids)) expect(finding).toMatchObject({state: 'ok'});
});

test('root needs none of what ordinary users need', () => {
  const facts = {...good, newuidmap: undefined, subuids: 0, maxUserNamespaces: 0};
  for (const finding of inspect({...subids, facts, report: {rung: 'root'}})) {
    expect(finding).toMatchObject({state: 'ok'});
  }
});

const rows: {
  title: string;
  name: FindingName;
  facts?: Partial<MachineFacts>;
  rest?: Partial<Inspection>;
  is: Partial<Finding>;
}[] = [
  {
    title: 'a kernel without user namespaces',
    name: 'user namespaces',
    facts: {maxUserNamespaces: undefined},
    rest: {report: none},
    is: {state: 'missing'},
  },
  {
    title: 'user.max_user_namespaces of 0',
    name: 'user namespaces',
    facts: {maxUserNamespaces: 0},
    rest: {report: none},
    is: {
      state: 'missing',
      remedy:
        'echo user.max_user_namespaces=28633 | sudo tee /etc/sysctl.d/60-tsbuild.conf && sudo sysctl --system',
    },
  },
  {
    title: 'Debian’s old switch',
    name: 'user namespaces',
    facts: {unprivilegedUsernsClone: 0},
    rest: {report: none},
    is: {
      state: 'missing',
      remedy:
        'echo kernel.unprivileged_userns_clone=1 | sudo tee /etc/sysctl.d/60-tsbuild.conf && sudo sysctl --system',
    },
  },
  {
    title: 'Ubuntu 24.04',
    name: 'user namespaces',
    facts: {apparmorRestrictsUserns: 1},
    rest: {report: {rung: 'none', obstacle: {what: 'uid_map', errno: 'EPERM'}}},
    is: {
      state: 'missing',
      remedy:
        'echo kernel.apparmor_restrict_unprivileged_userns=0 | sudo tee /etc/sysctl.d/60-tsbuild.conf && sudo sysctl --system',
    },
  },
  {
    title: 'a container’s filter',
    name: 'user namespaces',
    rest: {report: none},
    is: {state: 'missing', detail: expect.stringContaining('unshare answered EPERM')},
  },
  {
    title: 'no newuidmap on Debian',
    name: 'id mapping programs',
    facts: {newuidmap: undefined, distribution: ['debian']},
    is: {state: 'missing', remedy: 'sudo apt-get install -y uidmap'},
  },
  {
    title: 'no newgidmap on an unknown system',
    name: 'id mapping programs',
    facts: {newgidmap: undefined, distribution: ['plan9']},
    is: {state: 'missing', detail: expect.stringContaining('newgidmap not found')},
  },
  {
    title: 'programs whose bit was lost',
    name: 'id mapping programs',
    facts: {
      newuidmap: {path: '/bin/newuidmap', privileged: false},
      newgidmap: {path: '/bin/newgidmap', privileged: false},
    },
    is: {state: 'missing', remedy: 'sudo chmod u+s /bin/newuidmap /bin/newgidmap'},
  },
  {
    title: 'no subordinate ids',
    name: 'subordinate ids',
    facts: {subuids: 0, subgids: 0},
    is: {
      state: 'missing',
      remedy: 'sudo usermod --add-subuids 231072-296607 --add-subgids 231072-296607 builder',
    },
  },
  {
    title: 'subordinate user ids alone',
    name: 'subordinate ids',
    facts: {subgids: 0},
    is: {
      state: 'missing',
      detail: 'builder has none in /etc/subgid',
      remedy: 'sudo usermod --add-subgids 231072-296607 builder',
    },
  },
  {
    title: 'few subordinate ids',
    name: 'subordinate ids',
    facts: {subuids: 1000},
    is: {state: 'limited'},
  },
  {
    title: 'a kernel before 5.11',
    name: 'overlay mounts',
    facts: {kernel: '5.10.0-30-amd64'},
    rest: {overlayErrno: 'EPERM'},
    is: {state: 'missing', detail: expect.stringContaining('5.11')},
  },
  {
    title: 'no overlay module',
    name: 'overlay mounts',
    rest: {overlayErrno: 'ENODEV'},
    is: {state: 'missing', remedy: 'sudo modprobe overlay'},
  },
  {
    title: 'a store on an overlay',
    name: 'overlay mounts',
    rest: {overlayErrno: 'EINVAL'},
    is: {state: 'missing', detail: expect.stringContaining('EINVAL')},
  },
  {title: 'no filters', name: 'seccomp', facts: {seccomp: false}, is: {state: 'limited'}},
  {title: 'no cgroups', name: 'cgroups', facts: {cgroups: 'none'}, is: {state: 'limited'}},
  {title: 'no fuse', name: 'fuse', facts: {fuse: false}, is: {state: 'limited'}},
  {
    title: 'no time namespaces',
    name: 'time namespaces',
    facts: {timeNamespaces: false},
    is: {state: 'limited'},
  },
];

test.each(rows)('$title is found, with what mends it', ({name, facts, rest, is}) => {
  const finding = find({...subids, facts: {...good, ...facts}, ...rest}, name);
  expect(finding).toEqual(expect.objectContaining(is));
  expect('remedy' in (finding ?? {})).toBe('remedy' in is);
});

test('the facts of this machine are told without failing', () => {
  const facts = machineFacts('/usr/bin:/bin');
  expect(facts.uid).toBe(process.getuid?.());
  expect(facts.ids).toBeGreaterThan(0);
  expect(inspect({facts, report: undefined, overlayErrno: undefined})).toHaveLength(8);
});
