import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {routeTo} from '../../../src/registry/config/endpoints.js';
import {readSettings} from '../../../src/registry/config/settings.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

/** The file of the field's best-known example: its first mirror is the private registry that is pushed to. */
const EXAMPLE =
  '{"registry-mirrors":["http://10.24.2.30:5000","https://mirror.example"],"insecure-registries":["10.24.2.30:5000"]}';

const addresses: Readonly<Record<string, readonly string[]>> = {
  'inside.example': ['203.0.113.7', '10.24.9.9'],
  'outside.example': ['203.0.113.7'],
  localhost: ['::1', '127.0.0.1'],
};

async function endpoints(
  domain: string,
  {
    daemon = '{}',
    policy,
    purpose = 'pull',
  }: {daemon?: string; policy?: string; purpose?: 'pull' | 'push'} = {},
) {
  await using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'daemon.json'), daemon);
  if (policy !== undefined) writeFileSync(join(folder.path, 'registries.json'), policy);
  const settings = readSettings({folders: [folder.path], dockerConfig: folder.path});
  const lookUp = async (name: string) => addresses[name] ?? [];
  const route = await routeTo({domain, purpose}, settings, lookUp);
  return route.endpoints.map(({role, host, prefix, schemes, verify}) =>
    [role, `${schemes.join('+')}://${host}${prefix}`, verify ? 'verified' : 'unverified'].join(' '),
  );
}

const hub = 'registry https://registry-1.docker.io verified';
const insecure = '{"insecure-registries": ["10.24.2.30:5000", "10.24.0.0/16", "secure.example"]}';

interface Row {
  readonly name: string;
  readonly domain: string;
  readonly daemon?: string;
  readonly pull: readonly string[];
  readonly push: readonly string[];
}

test.each<Row>([
  {name: 'Docker Hub without mirrors', domain: 'docker.io', pull: [hub], push: [hub]},
  {
    name: 'Docker Hub with the example file',
    domain: 'docker.io',
    daemon: EXAMPLE,
    pull: [
      'mirror http://10.24.2.30:5000 unverified',
      'mirror https://mirror.example verified',
      hub,
    ],
    push: [hub],
  },
  {
    name: 'an https mirror that is listed insecure',
    domain: 'docker.io',
    daemon:
      '{"registry-mirrors": ["https://10.24.2.30:5000/", "https://10.24.2.30:5000"], "insecure-registries": ["10.24.2.30:5000"]}',
    pull: ['mirror https://10.24.2.30:5000 unverified', hub],
    push: [hub],
  },
  {
    name: 'a mirror below a path',
    domain: 'docker.io',
    daemon: '{"registry-mirrors": ["https://mirror.example/hub/"]}',
    pull: ['mirror https://mirror.example/hub verified', hub],
    push: [hub],
  },
  {
    name: 'the host that is a mirror too, by its own name',
    domain: '10.24.2.30:5000',
    daemon: EXAMPLE,
    pull: ['registry https+http://10.24.2.30:5000 unverified'],
    push: ['registry https+http://10.24.2.30:5000 unverified'],
  },
  {
    name: 'another port than the one listed',
    domain: '10.24.2.30:5001',
    daemon: EXAMPLE,
    pull: ['registry https://10.24.2.30:5001 verified'],
    push: ['registry https://10.24.2.30:5001 verified'],
  },
  {
    name: 'no port where one is listed',
    domain: '10.24.2.30',
    daemon: EXAMPLE,
    pull: ['registry https://10.24.2.30 verified'],
    push: ['registry https://10.24.2.30 verified'],
  },
  {
    name: 'an address in a listed network, at any port',
    domain: '10.24.77.1:9999',
    daemon: insecure,
    pull: ['registry https+http://10.24.77.1:9999 unverified'],
    push: ['registry https+http://10.24.77.1:9999 unverified'],
  },
  {
    name: 'a name with one address in a listed network',
    domain: 'inside.example:5000',
    daemon: insecure,
    pull: ['registry https+http://inside.example:5000 unverified'],
    push: ['registry https+http://inside.example:5000 unverified'],
  },
  {
    name: 'a name with none there',
    domain: 'outside.example',
    daemon: insecure,
    pull: ['registry https://outside.example verified'],
    push: ['registry https://outside.example verified'],
  },
  {
    name: 'a name that cannot be resolved',
    domain: 'nowhere.example',
    daemon: insecure,
    pull: ['registry https://nowhere.example verified'],
    push: ['registry https://nowhere.example verified'],
  },
  {
    name: 'a listed name, in other letters',
    domain: 'Secure.Example',
    daemon: insecure,
    pull: ['registry https+http://secure.example unverified'],
    push: ['registry https+http://secure.example unverified'],
  },
  ...['localhost', 'localhost:5000', '127.0.0.1:80', '127.8.9.10', '[::1]:5000'].map((domain) => ({
    name: domain,
    domain,
    pull: [`registry https+http://${domain} unverified`],
    push: [`registry https+http://${domain} unverified`],
  })),
  {
    name: 'any other host',
    domain: 'ghcr.io',
    daemon: EXAMPLE,
    pull: ['registry https://ghcr.io verified'],
    push: ['registry https://ghcr.io verified'],
  },
  {
    name: 'Docker Hub, which cannot be made insecure',
    domain: 'docker.io',
    daemon: '{"insecure-registries": ["docker.io", "registry-1.docker.io", "0.0.0.0/0"]}',
    pull: [hub],
    push: [hub],
  },
])('to pull from and push to $name', async ({domain, daemon = '{}', pull, push}) => {
  expect(await endpoints(domain, {daemon})).toEqual(pull);
  expect(await endpoints(domain, {daemon, purpose: 'push'})).toEqual(push);
});

test('a policy gives any registry mirrors, and may keep the registry itself out', async () => {
  const policy = JSON.stringify({
    registries: {
      'ghcr.io': {mirrors: ['http://10.24.2.30:5000/ghcr'], fallback: 'never'},
      'docker.io': {mirrors: [{url: 'https://first.example', credential: 'corp.example'}]},
    },
  });
  expect(await endpoints('ghcr.io', {policy})).toEqual([
    'mirror http://10.24.2.30:5000/ghcr unverified',
  ]);
  expect(await endpoints('ghcr.io', {policy, purpose: 'push'})).toEqual([
    'registry https://ghcr.io verified',
  ]);
  expect(await endpoints('docker.io', {policy, daemon: EXAMPLE})).toEqual([
    'mirror https://first.example verified',
    'mirror http://10.24.2.30:5000 unverified',
    'mirror https://mirror.example verified',
    hub,
  ]);
});

test.each([
  {name: 'no JSON', text: '{\n  "registry-mirrors": [,]\n}', place: ':2:24: '},
  {name: 'a comment', text: '{\n // note\n}', place: ':2:2: '},
  {name: 'a list for the whole', text: '[]', place: ':1:1: want an object'},
  {
    name: 'a text for a list',
    text: '{"registry-mirrors": "x"}',
    place: ':1:22: registry-mirrors: want a list',
  },
  {name: 'a number in a list', text: '{"insecure-registries":\n [5]}', place: ':2:3: '},
  {
    name: 'a mirror without scheme',
    text: '{"registry-mirrors": ["mirror.example"]}',
    place: ':1:23: ',
  },
  {name: 'a mirror by ftp', text: '{"registry-mirrors": ["ftp://m"]}', place: 'want http'},
  {
    name: 'a mirror with a query',
    text: '{"registry-mirrors": ["https://m/?x"]}',
    place: 'neither query',
  },
  {
    name: 'a mirror with a fragment',
    text: '{"registry-mirrors": ["https://m/#x"]}',
    place: 'neither query',
  },
  {name: 'a mirror with a user', text: '{"registry-mirrors": ["https://u:p@m"]}', place: 'no user'},
  {name: 'an insecure path', text: '{"insecure-registries": ["host/path"]}', place: 'host[:port]'},
  {
    name: 'an insecure port that is none',
    text: '{"insecure-registries": ["host:99999"]}',
    place: 'host[:port]',
  },
  {
    name: 'a network too narrow',
    text: '{"insecure-registries": ["10.0.0.0/33"]}',
    place: 'host[:port]',
  },
])('daemon.json with $name is refused with its place', async ({text, place}) => {
  const refused = await endpoints('docker.io', {daemon: text}).catch((error: unknown) => error);
  expect(refused).toMatchObject({code: 'E_CONFIG_FILE'});
  expect((refused as Error).message).toContain(`daemon.json:`);
  expect((refused as Error).message).toContain(place);
  expect((refused as Error).message).not.toContain('u:p');
});

test.each([
  {name: 'another member', text: '{"registries": {}, "mirrors": []}', place: ':1:20: '},
  {
    name: 'another fallback',
    text: '{"registries": {"a": {"fallback": "no"}}}',
    place: 'always or never',
  },
  {name: 'a mirror without url', text: '{"registries": {"a": {"mirrors": [{}]}}}', place: 'url'},
])('registries.json with $name is refused with its place', async ({text, place}) => {
  await expect(endpoints('a', {policy: text})).rejects.toThrow(place);
});

test('daemon.json is found where it was named, else with the user, else with the machine', async () => {
  await using folder = temporaryFolder();
  const [named, user, machine] = ['named.json', 'user', 'machine'].map((name) =>
    join(folder.path, name),
  );
  const mirror = (host: string) =>
    `{"registry-mirrors": ["https://${host}"], "log-level": "debug"}`;
  for (const place of [user!, machine!]) mkdirSync(place);
  const read = (daemonJSON?: string) => {
    const {daemon} = readSettings({daemonJSON, folders: [user!, machine!], dockerConfig: user!});
    return daemon.mirrors.map(({host}) => host);
  };
  expect(read()).toEqual([]);
  writeFileSync(join(machine!, 'daemon.json'), mirror('machine.example'));
  expect(read()).toEqual(['machine.example']);
  writeFileSync(join(user!, 'daemon.json'), mirror('user.example'));
  expect(read()).toEqual(['user.example']);
  expect(() => read(named)).toThrow(/named\.json/);
  writeFileSync(named!, mirror('named.example'));
  expect(read(named)).toEqual(['named.example']);
});

test('what docker takes to mean something else is warned of', async () => {
  await using folder = temporaryFolder();
  const text =
    '{"insecure-registries": ["http://a.example:80"], "insecure-registry": ["b"], "data-root": "/x"}';
  writeFileSync(join(folder.path, 'daemon.json'), text);
  const {daemon} = readSettings({folders: [folder.path], dockerConfig: folder.path});
  expect(daemon.warnings).toEqual([
    expect.stringContaining('daemon.json:1:50: unknown key "insecure-registry"'),
    expect.stringContaining('taken as a.example:80'),
  ]);
});
