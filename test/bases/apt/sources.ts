/** The machine's own Debian mirrors, as lines for a sources.list of bookworm; nothing third parties added. */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

interface Source {
  readonly uri: string;
  readonly suite: string;
  readonly components: string;
}

const SUITE = 'bookworm';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Throws when the machine names no mirror of its own Debian release. */
export function debianSources(etc = '/etc/apt'): string {
  const release = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const own = new RegExp(`^${release}(?:-updates|-security)?$`);
  const lines = sourceFiles(etc)
    .flatMap(parseSources)
    .filter(({suite, components}) => own.test(suite) && /\bmain\b/.test(components))
    .map(({uri, suite}) => {
      const ours = suite.replace(release ?? SUITE, SUITE);
      return `deb [signed-by=${KEYRING}] ${uri} ${ours} main\n`;
    });
  if (lines.length === 0) throw new Error(`no Debian mirror for ${release} in ${etc}`);
  return [...new Set(lines)].join('');
}

function sourceFiles(etc: string): string[] {
  const parts = join(etc, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const files = names.filter((name) => /\.(?:list|sources)$/.test(name));
  return [join(etc, 'sources.list'), ...files.map((name) => join(parts, name))].filter(existsSync);
}

function parseSources(path: string): Source[] {
  const text = readFileSync(path, 'utf8').replaceAll(/^\s*#.*\n?/gm, '');
  return path.endsWith('.sources') ? parseStanzas(text) : parseLines(text);
}

function parseLines(text: string): Source[] {
  return [...text.matchAll(/^deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.+)$/gm)].map(
    ([, uri = '', suite = '', components = '']) => ({uri, suite, components}),
  );
}

function parseStanzas(text: string): Source[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name: string) =>
      new RegExp(`^${name}:(.*)$`, 'im').exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    if (field('Enabled')[0] === 'no' || !field('Types').includes('deb')) return [];
    const components = field('Components').join(' ');
    return field('URIs').flatMap((uri) =>
      field('Suites').map((suite) => ({uri, suite, components})),
    );
  });
}
