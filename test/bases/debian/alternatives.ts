/** The links update-alternatives would have made, with its record of them. Source: update-alternatives(1), QUERY FORMAT and FILES. */
import {type FileTree, file, symlink} from '../file-tree.js';

interface Alternative {
  readonly name: string;
  readonly link: string;
  readonly target: string;
  readonly priority: number;
  readonly slaves: readonly {
    readonly name: string;
    readonly link: string;
    readonly target: string;
  }[];
}

const MINIMAL: readonly Alternative[] = [
  {
    name: 'awk',
    link: '/usr/bin/awk',
    target: '/usr/bin/mawk',
    priority: 5,
    slaves: [{name: 'nawk', link: '/usr/bin/nawk', target: '/usr/bin/mawk'}],
  },
  {name: 'pager', link: '/usr/bin/pager', target: '/bin/more', priority: 50, slaves: []},
  {name: 'rmt', link: '/usr/sbin/rmt', target: '/usr/sbin/rmt-tar', priority: 50, slaves: []},
  {
    name: 'which',
    link: '/usr/bin/which',
    target: '/usr/bin/which.debianutils',
    priority: 0,
    slaves: [],
  },
];

export function putAlternatives(tree: FileTree): void {
  for (const alternative of MINIMAL) {
    for (const {name, link, target} of [alternative, ...alternative.slaves]) {
      tree.put(link.slice(1), symlink(`/etc/alternatives/${name}`));
      tree.put(`etc/alternatives/${name}`, symlink(target));
    }
    tree.put(`var/lib/dpkg/alternatives/${alternative.name}`, file(record(alternative)));
  }
}

function record({link, target, priority, slaves}: Alternative): string {
  return [
    'auto',
    link,
    ...slaves.flatMap((slave) => [slave.name, slave.link]),
    '',
    target,
    `${priority}`,
    ...slaves.map((slave) => slave.target),
    '',
    '',
  ].join('\n');
}
