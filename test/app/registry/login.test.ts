/** `login` and `logout`: a credential is kept once it is good, and gone when it is not wanted. */
import {existsSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {hashSync} from 'bcryptjs';
import {expect, test} from 'vitest';
import {login, logout} from '../../../src/app/registry/login.js';
import {pullImage} from '../../../src/app/registry/pull.js';
import {memoryImage} from '../../helpers/memory-image.js';
import {rawRegistry} from '../../helpers/raw-registry.js';
import {auth, registriesOf} from '../../helpers/registries.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {temporaryStore} from '../../helpers/temporary-store.js';
import {tokenServer} from '../../helpers/token-server.js';
import {push} from '../../registry/client/moved.js';
import {machine} from './machine.js';

const ada = {username: 'ada', password: 'secret'};

/** A registry for ada alone, with an image in it. */
async function guarded() {
  const folder = temporaryFolder();
  const htpasswd = join(folder.path, 'users');
  writeFileSync(htpasswd, `ada:${hashSync('secret', 4)}\n`);
  const at = await rawRegistry({htpasswd});
  const {address} = at.registry;
  await using filling = registriesOf({config: {auths: {[address]: auth('ada', 'secret')}}});
  await push(filling.client, `${address}/app:v1`, memoryImage());
  return {
    address,
    async [Symbol.asyncDispose]() {
      await at[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('a password that is right is kept for its owner, used by the next pull, and forgotten by logout', async () => {
  await using at = await guarded();
  await using user = machine({config: {credsStore: '', detachKeys: 'ctrl-q'}});
  await using store = await temporaryStore();
  const path = join(user.folder, 'config.json');
  const pull = () => pullImage({reference: `${at.address}/app:v1`, root: store.root});
  await expect(pull()).rejects.toMatchObject({code: 'E_PULL_ACCESS_DENIED'});
  const kept = await login({...ada, server: `http://${at.address}/v2/`});
  expect(kept).toEqual({server: at.address, username: 'ada', place: path, plainText: true});
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    detachKeys: 'ctrl-q',
    auths: {[at.address]: auth('ada', 'secret')},
  });
  expect((await pull()).changed).toBe(true);
  expect(await logout({server: at.address})).toEqual({server: at.address, known: true});
  expect(await logout({server: at.address})).toEqual({server: at.address, known: false});
  await expect(pull()).rejects.toMatchObject({code: 'E_PULL_ACCESS_DENIED'});
});

test('a password that is wrong is not kept', async () => {
  await using at = await guarded();
  await using user = machine();
  const wrong = login({...ada, password: 'guess', server: at.address});
  await expect(wrong).rejects.toMatchObject({code: 'E_UNAUTHORIZED'});
  expect(existsSync(join(user.folder, 'config.json'))).toBe(false);
});

test('where the token server gives a refresh token that is kept, and the password is not', async () => {
  await using folder = temporaryFolder();
  const users = {ada: 'secret'};
  await using tokens = await tokenServer({folder: folder.path, users, refreshToken: 'r-e-f'});
  await using at = await rawRegistry({token: tokens.token});
  await using user = machine();
  await login({...ada, server: at.registry.address});
  const text = readFileSync(join(user.folder, 'config.json'), 'utf8');
  expect(JSON.parse(text).auths[at.registry.address]).toEqual({
    ...auth('ada', ''),
    identitytoken: 'r-e-f',
  });
});

test('a registry that is not there is not logged in to', async () => {
  await using _ = machine();
  const nowhere = login({...ada, server: '127.0.0.1:1'});
  await expect(nowhere).rejects.toMatchObject({code: 'E_CONNECTION', failure: 'refused'});
});
