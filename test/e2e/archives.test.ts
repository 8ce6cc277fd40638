import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {host} from '../helpers/host.js';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

const DOCKERFILE = `FROM busybox
COPY --chown=12:34 --chmod=4755 program /srv/program
RUN mkdir -p /srv/deep/er && echo text > /srv/deep/er/file && ln /srv/deep/er/file /srv/hard \\
  && ln -s deep/er /srv/soft && chmod 1777 /srv/deep && chown 5:6 /srv/deep
RUN rm /etc/group && rm -rf /srv/deep && mkdir /srv/deep && echo new > /srv/deep/new
CMD ["cat", "/srv/deep/new"]
`;

/** A line for each path: kind and mode, owner, size of files, links' targets, digests of contents. */
const LIST = `cd "$1" && find . -path ./proc -prune -o -path ./sys -prune -o -path ./dev -prune \\
  -o \\( -path './srv*' -o -path './etc/group' -o -path './bin/busybox' \\) -print | sort | while read -r path; do
  if [ -L "$path" ]; then echo "$path -> $(readlink "$path")"
  elif [ -d "$path" ]; then stat -c '%n %f %u:%g' "$path"
  else stat -c '%n %f %u:%g %s' "$path"; sha256sum < "$path"; fi
done`;

const treeInside = async (place: Place, reference: string) =>
  (await place.ok(['run', '--rm', reference, 'sh', '-c', LIST, 'list', '/'])).stdout;

/** podman with a store of its own below the place, as root. */
function podman(place: Place, ...args: string[]): string {
  const [root, state] = [join(place.directory, 'podman'), join(place.directory, 'podman-run')];
  return host(
    'podman',
    '--root',
    root,
    '--runroot',
    state,
    '--storage-driver',
    'vfs',
    ...args,
  ).trim();
}

describe.each(testUserNames)('archives, as %s', (user) => {
  test('what save writes, podman loads with the same tree, and what podman saves, load reads', async (context) => {
    needs(context, 'root', 'user namespaces', 'podman');
    await using place = await openPlace(user, ['busybox']);
    await place.build(place.context({Dockerfile: DOCKERFILE, program: '#!/bin/sh\n'}), 'tree');
    const tree = await treeInside(place, 'tree');
    expect(tree).toContain('./srv/program 89ed 12:34 10');
    expect(tree).not.toContain('./etc/group');

    const ours = join(place.directory, 'ours.tar');
    await place.ok(['save', '-o', ours, 'tree']);
    podman(place, 'load', '-q', '-i', ours);
    const mounted = podman(place, 'image', 'mount', 'docker.io/library/tree:latest');
    expect(host('sh', '-c', LIST, 'list', mounted)).toBe(tree);
    podman(place, 'image', 'umount', '--all');

    const theirs = join(place.directory, 'theirs.tar');
    podman(place, 'tag', 'docker.io/library/tree:latest', 'docker.io/library/again:latest');
    podman(place, 'save', '-q', '-o', theirs, 'docker.io/library/again:latest');
    await place.ok(['load'], {stdin: theirs});
    await place.verify('again');
    expect(await treeInside(place, 'again')).toBe(tree);
  });

  test('an OCI layout that skopeo compressed is the same image again', async (context) => {
    needs(context, 'user namespaces', 'skopeo');
    await using place = await openPlace(user, ['busybox']);
    const {imageID} = await place.build(
      place.context({Dockerfile: DOCKERFILE, program: '#!/bin/sh\n'}),
      'tree',
    );
    const tree = await treeInside(place, 'tree');
    const [ours, layout, theirs] = ['ours.tar', 'layout', 'theirs.tar'].map((name) =>
      join(place.directory, name),
    ) as [string, string, string];
    await place.ok(['save', '-o', ours, 'tree']);
    const policy = '--insecure-policy';
    expect(
      JSON.parse(host('skopeo', policy, 'inspect', `docker-archive:${ours}`)).Layers,
    ).toHaveLength(4);
    host(
      'skopeo',
      policy,
      'copy',
      '-q',
      `oci-archive:${ours}`,
      `oci:${layout}:docker.io/library/again:latest`,
    );
    host('tar', '-cf', theirs, '-C', layout, '.');
    await place.ok(['load'], {stdin: theirs});
    await place.verify('again');
    expect(await treeInside(place, 'again')).toBe(tree);
    expect((await place.ok(['inspect', '--format', '{{.Id}}', 'again'])).stdout.trim()).toBe(
      imageID,
    );
  });
});
