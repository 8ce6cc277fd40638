/** What debian:*-slim images leave out and set, so that builds see the image they know. */
import type {Deb} from '../apt/deb.js';
import {type FileTree, file} from '../file-tree.js';

const LEFT_OUT = /^usr\/share\/(?:doc|man|groff|info|linda|lintian|locale)\//;
const KEPT = /^usr\/share\/(?:doc\/.*\/copyright|locale\/locale\.alias)$/;

/** The package without manuals and translations; dpkg leaves the same out of what is installed later. */
export function slim(deb: Deb): Deb {
  const wanted = ([path]: [string, unknown]) => KEPT.test(path) || !LEFT_OUT.test(path);
  return {...deb, files: new Map([...deb.files].filter(wanted))};
}

export function putSlimSettings(tree: FileTree): void {
  const excludes = ['doc', 'man', 'groff', 'info', 'linda', 'lintian', 'locale'].map(
    (name) => `path-exclude /usr/share/${name}/*\n`,
  );
  const includes =
    'path-include /usr/share/doc/*/copyright\npath-include /usr/share/locale/locale.alias\n';
  tree.put('etc/dpkg/dpkg.cfg.d/docker', file(`force-unsafe-io\n${excludes.join('')}${includes}`));
  tree.put('usr/sbin/policy-rc.d', file('#!/bin/sh\nexit 101\n', {mode: 0o755}));
  const clean = 'rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb || true';
  const settings = [
    `DPkg::Post-Invoke { "${clean}"; };`,
    `APT::Update::Post-Invoke { "${clean}"; };`,
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    'Acquire::Languages "none";',
    'Apt::AutoRemove::SuggestsImportant "false";',
  ];
  tree.put('etc/apt/apt.conf.d/docker', file(`${settings.join('\n')}\n`));
}
