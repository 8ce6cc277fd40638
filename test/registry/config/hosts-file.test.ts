import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {routeTo} from '../../../src/registry/config/endpoints.js';
import {readHostsFile} from '../../../src/registry/config/hosts-file.js';
import {readSettings} from '../../../src/registry/config/settings.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

/** A folder with daemon.json, registries.json and, by their folders in certs.d, hosts.toml. */
function configured(
  files: Readonly<Record<string, string>>,
  {daemon = '{}', policy}: {daemon?: string; policy?: string | undefined} = {},
) {
  const folder = temporaryFolder();
  const certificates = join(folder.path, 'certs.d');
  writeFileSync(join(folder.path, 'daemon.json'), daemon);
  if (policy !== undefined) writeFileSync(join(folder.path, 'registries.json'), policy);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(certificates, name), {recursive: true});
    writeFileSync(join(certificates, name, 'hosts.toml'), text);
  }
  return {
    certificates,
    settings: readSettings({folders: [folder.path], dockerConfig: folder.path}),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test.each([
  {name: 'no TOML', text: 'server = \n', place: '1:10', want: 'want TOML, got: '},
  {
    name: 'a word it does not know',
    text: '\nsevrer = "x"\n',
    place: '2:1',
    want: 'want capabilities',
  },
  {
    name: 'an address that is none',
    text: '[host."ftp://mirror.example"]\n',
    place: '1:8',
    want: 'invalid mirror',
  },
  {
    name: 'a capability that is none',
    text: '[host."https://a"]\ncapabilities = ["pull"]\n[host."https://b"]\ncapabilities = ["fly"]\n',
    place: '4:1',
    want: 'want pull, resolve, push, got "fly"',
  },
  {
    name: 'the wrong kind of value',
    text: 'skip_verify = "yes"\n',
    place: '1:1',
    want: 'skip_verify: want true or false, got "yes"',
  },
  {name: 'half a pair', text: 'client = [["a.cert"]]\n', place: '1:1', want: 'client: want a path'},
  {
    name: 'a header that would be two',
    text: '[header]\nx = "a\\r\\nAuthorization: b"\n',
    place: '1:2',
    want: 'header: want a table of headers',
  },
  {
    name: 'no time',
    text: 'dial_timeout = "0s"\n',
    place: '1:1',
    want: 'dial_timeout: want a duration above 0',
  },
  {
    name: 'a proxy of another kind',
    text: 'proxy = "socks5://p"\n',
    place: '1:1',
    want: 'proxy: want the address of a proxy by http or https',
  },
])('$name is refused, with its place', async ({text, place, want}) => {
  await using at = configured({'r.example': text});
  const path = join(at.certificates, 'r.example/hosts.toml');
  expect(() => readHostsFile('r.example', [at.certificates])).toThrow(
    expect.objectContaining({
      code: 'E_CONFIG_FILE',
      message: expect.stringContaining(`${path}:${place}: ${want}`),
    }),
  );
});

test.each([
  {name: 'an authority that is not there', text: 'ca = "gone.crt"\n', code: 'E_UNREADABLE_CONFIG'},
  {name: 'one that is none', text: 'ca = "hosts.toml"\n', code: 'E_CERTIFICATE_FOLDER'},
  {name: 'a client that is none', text: 'client = "hosts.toml"\n', code: 'E_CERTIFICATE_FOLDER'},
])('$name is refused', async ({text, code}) => {
  await using at = configured({'r.example': text});
  expect(() => readHostsFile('r.example', [at.certificates])).toThrow(
    expect.objectContaining({code}),
  );
});

const MIRROR = '[host."https://mirror.example"]\n';
const PULLS = 'capabilities = ["pull", "resolve"]\n';

test.each([
  {
    name: 'hosts come before the registry, and nobody else is pushed to who may not be',
    files: {'r.example': MIRROR + PULLS},
    pull: ['mirror https://mirror.example/v2 verified', 'registry https://r.example/v2 verified'],
    push: ['registry https://r.example/v2 verified'],
  },
  {
    name: 'one that may be pushed to is, before the registry',
    files: {'r.example': MIRROR},
    pull: ['mirror https://mirror.example/v2 verified', 'registry https://r.example/v2 verified'],
    push: ['mirror https://mirror.example/v2 verified', 'registry https://r.example/v2 verified'],
  },
  {
    name: 'a server takes the place of the registry',
    files: {'r.example': 'server = "https://other.example"\ncapabilities = ["pull"]\n'},
    pull: ['registry https://other.example/v2 verified'],
    push: [],
  },
  {
    name: 'a path is the root of the API, with /v2 once, or as it is',
    files: {
      'r.example':
        '[host."https://a.example/x/v2"]\n' +
        '[host."https://b.example/x"]\n' +
        '[host."https://c.example/api/v2/x"]\noverride_path = true\n',
    },
    pull: [
      'mirror https://a.example/x/v2 verified',
      'mirror https://b.example/x/v2 verified',
      'mirror https://c.example/api/v2/x verified',
      'registry https://r.example/v2 verified',
    ],
  },
  {
    name: 'http stays http, unless something is said of TLS',
    files: {
      'r.example':
        '[host."http://a.example:5000"]\n' +
        '[host."http://b.example:5000"]\nskip_verify = true\n' +
        '[host."http://c.example:80"]\nskip_verify = true\n' +
        '[host."https://d.example"]\nskip_verify = true\n',
    },
    pull: [
      'mirror http://a.example:5000/v2 unverified',
      'mirror https+http://b.example:5000/v2 unverified',
      'mirror http://c.example:80/v2 unverified',
      'mirror https://d.example/v2 unverified',
      'registry https://r.example/v2 verified',
    ],
  },
  {
    name: 'Docker Hub is asked where it is, after the mirrors of daemon.json',
    domain: 'docker.io',
    files: {'docker.io': `server = "https://docker.io"\n${MIRROR}${PULLS}`},
    daemon: '{"registry-mirrors": ["https://first.example"]}',
    pull: [
      'mirror https://first.example/v2 verified',
      'mirror https://mirror.example/v2 verified',
      'registry https://registry-1.docker.io/v2 verified',
    ],
  },
  {
    name: 'what is insecure by daemon.json is, also for a server that is not named',
    domain: '10.24.2.30:5000',
    files: {'10.24.2.30_5000_': MIRROR + PULLS},
    daemon: '{"insecure-registries": ["10.24.2.30:5000"]}',
    pull: [
      'mirror https://mirror.example/v2 verified',
      'registry https+http://10.24.2.30:5000/v2 unverified',
    ],
  },
  {
    name: 'a policy of registries.json keeps the server out too',
    files: {'r.example': MIRROR + PULLS},
    policy: '{"registries": {"r.example": {"fallback": "never"}}}',
    pull: ['mirror https://mirror.example/v2 verified'],
  },
  {
    name: '_default is for those of whom nothing else is said',
    files: {_default: MIRROR + PULLS},
    pull: ['mirror https://mirror.example/v2 verified', 'registry https://r.example/v2 verified'],
  },
  {
    name: 'the folder with underscores comes first, and one folder alone counts',
    domain: 'r.example:5000',
    files: {'r.example_5000_': '', 'r.example:5000': MIRROR + PULLS, _default: MIRROR + PULLS},
    pull: ['registry https://r.example:5000/v2 verified'],
  },
])('$name', async ({domain = 'r.example', files, daemon, policy, pull, push}) => {
  await using at = configured(files, {...(daemon && {daemon}), policy});
  const routed = async (purpose: 'pull' | 'push') =>
    (await routeTo({domain, purpose}, at.settings, async () => [])).endpoints.map(
      ({role, host, prefix, overridesPath, schemes, verify}) =>
        `${role} ${schemes.join('+')}://${host}${prefix}${overridesPath ? '' : '/v2'} ${verify ? 'verified' : 'unverified'}`,
    );
  expect(await routed('pull')).toEqual(pull);
  if (push !== undefined) expect(await routed('push')).toEqual(push);
});

test('credentials are those of the host that is asked, and of the registry where it is that', async () => {
  await using at = configured({'docker.io': `server = "https://docker.io"\n${MIRROR}`});
  const {endpoints} = await routeTo(
    {domain: 'docker.io', purpose: 'pull'},
    at.settings,
    async () => [],
  );
  expect(endpoints.map(({credential, namespace}) => [credential, namespace])).toEqual([
    ['mirror.example', 'docker.io'],
    ['docker.io', undefined],
  ]);
});
