import {chmodSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {expect, test} from 'vitest';
import {trustFor} from '../../../src/registry/config/certificates.js';
import {DockerConfig} from '../../../src/registry/config/docker-config.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

const auth = (text: string) => ({auth: Buffer.from(text).toString('base64')});

function configIn(folder: string, content?: object, inline?: object): DockerConfig {
  if (content !== undefined) writeFileSync(join(folder, 'config.json'), JSON.stringify(content));
  return new DockerConfig({folder, inline: inline && JSON.stringify(inline)});
}

test.each([
  {name: 'a host', key: 'r.example:5000', host: 'r.example:5000'},
  {name: 'a host with scheme and path', key: 'https://r.example/v1/', host: 'r.example'},
  {name: 'a host in other letters', key: 'R.example', host: 'r.example'},
  {name: 'Docker Hub by its old address', key: 'https://index.docker.io/v1/', host: 'docker.io'},
  {name: 'Docker Hub by its name', key: 'docker.io', host: 'docker.io'},
])('a password is found under $name', async ({key, host}) => {
  await using folder = temporaryFolder();
  const config = configIn(folder.path, {
    auths: {'other.example': auth('x:y'), [key]: auth('me:a:b')},
  });
  expect((await config.find(host))?.credential).toEqual({
    kind: 'password',
    username: 'me',
    password: 'a:b',
  });
  expect(await config.find('third.example')).toBeUndefined();
});

test('tokens go before passwords, and the environment before the file', async () => {
  await using folder = temporaryFolder();
  const content = {
    auths: {
      'identity.example': {...auth('me:'), identitytoken: 'refresh'},
      'registry.example': {registrytoken: 'bearer'},
      'both.example': auth('file:1'),
    },
  };
  const config = configIn(folder.path, content, {auths: {'both.example': auth('env:2')}});
  const find = async (host: string) => (await config.find(host))?.credential;
  expect(await find('identity.example')).toEqual({
    kind: 'identity',
    username: 'me',
    token: 'refresh',
  });
  expect(await find('registry.example')).toEqual({kind: 'registry', token: 'bearer'});
  expect(await find('both.example')).toMatchObject({username: 'env'});
});

test('a login keeps what is not ours, for its owner alone; a logout takes it back', async () => {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'config.json');
  const content = {
    auths: {'https://r.example/v1/': auth('old:1')},
    detachKeys: 'ctrl-q',
    x: {y: [1]},
  };
  const config = configIn(folder.path, content);
  const credential = {kind: 'password', username: 'new', password: '2'} as const;
  expect(await config.store('r.example', credential)).toEqual({plainText: true, place: path});
  const read = () => JSON.parse(readFileSync(path, 'utf8'));
  expect(read()).toEqual({...content, auths: {'r.example': auth('new:2')}});
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const again = configIn(folder.path);
  expect(await again.erase('r.example')).toBe(true);
  expect(read()).toEqual({...content, auths: {}});
  expect(await configIn(folder.path).erase('r.example')).toBe(false);
});

/** Keeps what it is given in files beside it. */
const HELPER = `#!/bin/sh
dir=$(dirname "$0")
read -r input
case $1 in
  store) printf '%s' "$input" > "$dir/kept" ;;
  get) [ -e "$dir/kept" ] && sed 's/"ServerURL"/"ServerURL"/' "$dir/kept" || { echo 'credentials not found in native keychain'; exit 1; } ;;
  erase) rm -f "$dir/kept" ;;
esac
`;

test('helpers are asked: the host its own, the others the common one', async () => {
  await using folder = temporaryFolder();
  const path = process.env['PATH'];
  const program = join(folder.path, 'docker-credential-test');
  writeFileSync(program, HELPER);
  chmodSync(program, 0o755);
  process.env['PATH'] = `${folder.path}${delimiter}${path}`;
  try {
    const config = configIn(folder.path, {
      credsStore: 'missing',
      credHelpers: {'r.example': 'test'},
      auths: {'r.example': auth('file:1')},
    });
    expect((await config.find('r.example'))?.source).toBe(join(folder.path, 'config.json'));
    const identity = {kind: 'identity', username: '<token>', token: 'refresh'} as const;
    expect(await config.store('r.example', identity)).toMatchObject({plainText: false});
    expect(await config.find('r.example')).toEqual({
      credential: identity,
      source: 'docker-credential-test',
    });
    expect(await config.erase('r.example')).toBe(true);
    await expect(config.find('other.example')).rejects.toMatchObject({
      code: 'E_CREDENTIAL_HELPER',
      message: expect.stringContaining('docker-credential-missing'),
    });
  } finally {
    process.env['PATH'] = path;
  }
});

test('an auth that is no user and password is refused with its place, not with its text', async () => {
  await using folder = temporaryFolder();
  const config = configIn(folder.path, {auths: {'r.example': {auth: 'c2VjcmV0'}}});
  const refused = await config.find('r.example').catch((error: unknown) => error);
  expect(refused).toMatchObject({code: 'E_CONFIG_FILE'});
  expect((refused as Error).message).not.toMatch(/c2VjcmV0|secret/);
});

test('certs.d gives authorities and pairs, and says which half is missing', async () => {
  await using folder = temporaryFolder();
  const host = join(folder.path, 'r.example:5000');
  mkdirSync(host);
  const write = (name: string) => writeFileSync(join(host, name), name);
  expect(trustFor('r.example:5000', [folder.path, '/nowhere'])).toEqual({
    verify: true,
    authorities: [],
    identities: [],
  });
  for (const name of ['a.crt', 'b.crt', 'client.cert', 'client.key', 'README']) write(name);
  expect(trustFor('r.example:5000', [folder.path])).toEqual({
    verify: true,
    authorities: ['a.crt', 'b.crt'],
    identities: [{cert: 'client.cert', key: 'client.key'}],
  });
  write('other.key');
  expect(() => trustFor('r.example:5000', [folder.path])).toThrow(/other\.key: want other\.cert/);
  write('other.cert');
  write('third.cert');
  expect(() => trustFor('r.example:5000', [folder.path])).toThrow(/third\.cert: want third\.key/);
});
