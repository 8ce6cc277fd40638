/**
 * dpkg's database of a tree that dpkg did not unpack: so that apt-get works in it.
 *
 * Source  dpkg(1) FILES, deb-triggers(5), deb-conffiles(5).
 */
import {createHash} from 'node:crypto';
import {type FileTree, file} from '../file-tree.js';
import type {Deb} from './deb.js';

const ADMIN = 'var/lib/dpkg';

export const controlField = (deb: Deb, name: string): string | undefined =>
  new RegExp(`^${name}: *(.*)$`, 'm').exec(deb.control)?.[1];

/** Records packages as unpacked and configured, beside those the tree already knows. */
export function recordInstalled(tree: FileTree, debs: readonly Deb[]): void {
  const known = tree.get(`${ADMIN}/status`)?.data.toString('utf8') ?? '';
  const stanzas = debs.map((deb) => statusStanza(tree, deb));
  tree.put(`${ADMIN}/status`, file(known + stanzas.join('')));
  tree.put(`${ADMIN}/info/format`, file('1\n'));
  if (tree.get(`${ADMIN}/available`) === undefined) tree.put(`${ADMIN}/available`, file(''));
  for (const deb of debs) recordInfo(tree, deb);
  recordTriggers(tree, debs);
}

function statusStanza(tree: FileTree, deb: Deb): string {
  const conffiles = lines(deb, 'conffiles').map((path) => {
    const data = tree.get(path.slice(1))?.data;
    return ` ${path} ${data === undefined ? 'newconffile' : md5(data)}\n`;
  });
  const control = deb.control.trimEnd().replace('\n', '\nStatus: install ok installed\n');
  const recorded = conffiles.length > 0 ? `Conffiles:\n${conffiles.join('')}` : '';
  return `${control}\n${recorded}\n`;
}

function recordInfo(tree: FileTree, deb: Deb): void {
  const base = `${ADMIN}/info/${infoName(deb)}`;
  const list = ['/.', ...[...deb.files.keys()].map((path) => `/${path}`)];
  tree.put(`${base}.list`, file(`${list.join('\n')}\n`));
  for (const [name, node] of deb.scripts) tree.put(`${base}.${name}`, node);
}

/** Interests: paths in one file `File`, names each in a file of their own. */
function recordTriggers(tree: FileTree, debs: readonly Deb[]): void {
  for (const deb of debs) {
    for (const {name, noawait} of interests(deb)) {
      const who = `${controlField(deb, 'Package')}${noawait ? '/noawait' : ''}`;
      const [path, line] = name.startsWith('/') ? ['File', `${name} ${who}`] : [name, who];
      const before = tree.get(`${ADMIN}/triggers/${path}`)?.data.toString('utf8') ?? '';
      tree.put(`${ADMIN}/triggers/${path}`, file(`${before}${line}\n`));
    }
  }
}

function interests(deb: Deb): {name: string; noawait: boolean}[] {
  const found = lines(deb, 'triggers').map((line) =>
    /^interest(?:-await|(-noawait))?\s+(\S+)/.exec(line),
  );
  return found.flatMap((match) =>
    match === null ? [] : [{name: match[2] ?? '', noawait: match[1] !== undefined}],
  );
}

function infoName(deb: Deb): string {
  const name = controlField(deb, 'Package');
  const shared = controlField(deb, 'Multi-Arch') === 'same';
  return shared ? `${name}:${controlField(deb, 'Architecture')}` : `${name}`;
}

function lines(deb: Deb, script: string): string[] {
  const text = deb.scripts.get(script)?.data.toString('utf8') ?? '';
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

const md5 = (data: Buffer): string => createHash('md5').update(data).digest('hex');
