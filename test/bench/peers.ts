/**
 * Today's builders, on PATH or in a lab: a program with the words `sh` and `peer` that run a command as root and as
 * an ordinary user where the peers are installed.
 */
import type {Builder} from './builder.js';
import {as, attempt, here, type Shell, sh} from './shell.js';

export interface PeerPlaces {
  readonly root: Shell;
  readonly user: Shell;
}

export function peerPlaces(lab: string | undefined, user: string): PeerPlaces {
  if (lab !== undefined) return {root: {prefix: [lab, 'sh']}, user: {prefix: [lab, 'peer']}};
  return {root: here, user: process.getuid?.() === 0 ? as(user) : here};
}

/** Those that answer, and why the others do not. */
export function findPeers(places: PeerPlaces): {found: Builder[]; missing: string[]} {
  const found: Builder[] = [];
  const missing: string[] = [];
  for (const [peer, probe] of [
    [docker(places.root), 'docker version'],
    [podman(places.user, places.root), 'buildah version && podman version'],
    [mover('skopeo', places, skopeo), 'skopeo --version'],
    [mover('crane', places, crane), 'crane version'],
    [crun(places.root), 'crun --version'],
  ] as const) {
    const {code, output} = attempt(peer.shell, probe);
    if (code === 0) found.push(peer);
    else missing.push(`${peer.name}: ${output.trim().split('\n').at(-1)}`);
  }
  return {found, missing};
}

const PROGRAMS =
  '/usr/bin/buildah /usr/bin/podman /usr/bin/crun /usr/bin/conmon /usr/libexec/podman';
const DAEMONS =
  '/usr/bin/docker* /usr/sbin/dockerd /usr/bin/containerd* /usr/sbin/runc /usr/libexec/docker';

function docker(root: Shell): Builder {
  return {
    name: 'docker',
    shell: root,
    root,
    warm: [DAEMONS, '/var/lib/docker/overlay2 /var/lib/docker/image'],
    load: (archive) => void sh(root, `docker load -q -i ${archive}`),
    wipe: (image) => void sh(root, `docker image rm -f ${image}; docker builder prune -af`),
    build: (context, image) => `docker build --progress=plain -t ${image} ${context}`,
    run: (image, command) => `docker run --rm ${image} ${command}`,
    save: (image, path) => `docker save -o ${path} ${image}`,
    tag: (image, name) => void sh(root, `docker tag ${image} ${name}`),
    forget: (images) =>
      void sh(
        root,
        `docker image rm -f ${images.join(' ')}; docker image prune -f; docker builder prune -af`,
      ),
    push: (_image, name) => `docker push -q ${name}`,
    pullAndRun: (name, command) => `docker run --rm ${name} ${command}`,
    version: 'docker --version',
  };
}

/** One store, two programs: buildah builds (podman's own build is the same code), podman runs and saves. */
function podman(shell: Shell, root: Shell): Builder {
  return {
    name: 'buildah/podman',
    shell,
    root,
    warm: [PROGRAMS, '/var/lib/containers', '/home/*/.local/share/containers'],
    load: (archive) => void sh(shell, `podman load -q -i ${archive}`),
    wipe: (image) => void sh(shell, `podman rmi -f ${image}; podman image prune -f`),
    build: (context, image) => `buildah build --jobs 6 --layers -t ${image} ${context}`,
    run: (image, command) => `podman run --rm ${image} ${command}`,
    save: (image, path) => `podman save -q -o ${path} ${image}`,
    forget: (images) => void sh(shell, `podman rmi -f ${images.join(' ')}; podman image prune -f`),
    push: (image, name) => `podman push -q --tls-verify=false ${image} ${name}`,
    pullAndRun: (name, command) => `podman run --rm --tls-verify=false ${name} ${command}`,
    version: 'podman --version',
  };
}

interface Moves {
  push(archive: string, name: string): string;
  pull(name: string, layout: string): string;
}

/** What moves images between archives, layouts and registries: it has no store and unpacks nothing. */
function mover(name: string, {user: shell, root}: PeerPlaces, {push, pull}: Moves): Builder {
  const layout = `/var/tmp/tsbuild-bench-${name}`;
  let archive = '';
  return {
    name,
    shell,
    root,
    get warm() {
      return [`/usr/bin/${name}`, archive];
    },
    load(path) {
      archive = path;
    },
    wipe: () => undefined,
    forget: () => void sh(shell, `rm -rf ${layout}`),
    push: (_image, to) => push(archive, to),
    pullAndRun: (from) => pull(from, layout),
  };
}

const skopeo: Moves = {
  push: (archive, name) =>
    `skopeo copy -q --insecure-policy --dest-tls-verify=false docker-archive:${archive} docker://${name}`,
  pull: (name, layout) =>
    `skopeo copy -q --insecure-policy --src-tls-verify=false docker://${name} oci:${layout}:latest`,
};

const crane: Moves = {
  push: (archive, name) => `crane push --insecure ${archive} ${name}`,
  pull: (name, layout) => `crane pull --insecure --format=oci ${name} ${layout}`,
};

/** A bare bundle: the floor of `run`, without images, layers or a network. */
function crun(root: Shell): Builder {
  const bundle = '/var/tmp/tsbuild-bench-bundle';
  return {
    name: 'crun',
    shell: root,
    root,
    warm: ['/usr/bin/crun', bundle],
    load(archive) {
      if (!archive.includes('/busybox.')) return;
      sh(
        root,
        `rm -rf ${bundle}; mkdir -p ${bundle}/rootfs; cd ${bundle}; crun spec
        sed -i 's/"sh"/"true"/; s/"terminal": true/"terminal": false/' config.json
        layer=$(tar xOf ${archive} manifest.json | sed 's/.*"Layers":\\["\\([^"]*\\)".*/\\1/')
        tar xOf ${archive} "$layer" | tar xf - -C rootfs`,
      );
    },
    wipe: () => undefined,
    run: () => `crun run -b ${bundle} bench-$$`,
  };
}
