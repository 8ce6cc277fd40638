import {chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {delimiter, join} from 'node:path';
import {expect, test, vi} from 'vitest';
import {trustFor} from '../../../src/registry/config/certificates.js';
import {DockerConfig} from '../../../src/registry/config/docker-config.js';
import {Authority} from '../../helpers/certificates.js';
import {needs} from '../../helpers/needs.js';
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

test.each([
  {name: 'null', says: 'echo null'},
  {name: 'a list', says: 'echo "[1]"'},
  {name: 'no JSON', says: 'echo hidden-word'},
  {name: 'another object', says: `echo '{"Username": 7}'`},
  {name: 'an error', says: 'echo the keyring is locked; exit 3', problem: 'the keyring is locked'},
  {name: 'nothing, and dies', says: 'kill -9 $$', problem: 'exit code null'},
  {name: 'nothing for ever', says: 'exec sleep 60', problem: 'no answer in 300 ms'},
  {
    name: 'nothing, and leaves others who hold its output',
    says: 'sleep 3 & exec sleep 60',
    problem: 'no answer in 300 ms',
  },
])('a helper that says $name is what fails', async ({says, problem = 'want '}) => {
  await using at = helperSaying(says);
  const config = new DockerConfig({folder: at.folder, patience: 300});
  const failure = await config.find('r.example').catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'E_CREDENTIAL_HELPER',
    message: expect.stringContaining(problem),
  });
  expect(String(failure)).not.toContain('hidden-word');
});

test('a host whose helper is none is kept in the file, whatever the others use', async () => {
  await using folder = temporaryFolder();
  const content = {credsStore: 'missing', credHelpers: {'r.example': ''}};
  const config = configIn(folder.path, {...content, auths: {'r.example': auth('ada:1')}});
  expect((await config.find('r.example'))?.credential).toMatchObject({username: 'ada'});
});

test('a token that no header can hold is refused with its place', async () => {
  await using folder = temporaryFolder();
  const config = configIn(folder.path, {auths: {'r.example': {registrytoken: 'a\r\nhidden'}}});
  const refused = await config.find('r.example').catch((error: unknown) => error);
  expect(refused).toMatchObject({code: 'E_CONFIG_FILE'});
  expect(String(refused)).not.toContain('hidden');
});

test('a login by root leaves the file to whom it belongs', async (context) => {
  needs(context, 'root');
  await using folder = temporaryFolder();
  const path = join(folder.path, 'config.json');
  writeFileSync(path, '{}');
  chownSync(path, 1234, 4321);
  const credential = {kind: 'password', username: 'ada', password: '1'} as const;
  await configIn(folder.path).store('r.example', credential);
  expect(statSync(path)).toMatchObject({uid: 1234, gid: 4321});
});

test('certs.d gives authorities and pairs, and says which half is missing', async () => {
  await using folder = temporaryFolder();
  const host = join(folder.path, 'r.example:5000');
  mkdirSync(host);
  const {certificate} = new Authority(folder.path);
  const write = (name: string, content: string) => writeFileSync(join(host, name), content);
  const trust = () => trustFor('r.example:5000', [folder.path]);
  expect(trustFor('r.example:5000', [folder.path, '/nowhere'])).toEqual({
    verify: true,
    authorities: [],
    identities: [],
  });
  const {cert, key} = certificate;
  write('a.crt', cert);
  write('b.crt', `text before\n${cert}${cert}`);
  write('client.cert', cert);
  write('client.key', key);
  write('README', 'nothing');
  expect(trust()).toEqual({
    verify: true,
    authorities: [cert, `text before\n${cert}${cert}`],
    identities: [{cert, key}],
  });
  write('other.key', key);
  expect(trust).toThrow(/other\.key: want other\.cert/);
  write('other.cert', cert);
  write('third.cert', cert);
  expect(trust).toThrow(/third\.cert: want third\.key/);
});

test.each([
  {name: 'ca.crt', files: {'ca.crt': 'nothing'}},
  {name: 'ca.crt', files: {'ca.crt': ''}},
  {name: 'client.cert', files: {'client.cert': 'nothing', 'client.key': 'nothing'}},
])('$name of certs.d that is none is refused by its name: $files', async ({name, files}) => {
  await using folder = temporaryFolder();
  const host = join(folder.path, 'r.example');
  mkdirSync(host);
  for (const [each, content] of Object.entries(files)) writeFileSync(join(host, each), content);
  expect(() => trustFor('r.example', [folder.path])).toThrow(
    expect.objectContaining({
      code: 'E_CERTIFICATE_FOLDER',
      message: expect.stringContaining(`${join(host, name)}: want `),
    }),
  );
});

/** A config.json that names a helper which says this, whatever it is asked. */
function helperSaying(script: string): AsyncDisposable & {readonly folder: string} {
  const folder = temporaryFolder();
  const program = join(folder.path, 'docker-credential-saying');
  writeFileSync(program, `#!/bin/sh\n${script}\n`, {mode: 0o755});
  configIn(folder.path, {credsStore: 'saying'});
  vi.stubEnv('PATH', `${folder.path}${delimiter}${process.env['PATH']}`);
  return {
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      await folder[Symbol.asyncDispose]();
    },
  };
}
